BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    Import-Module $TestCmdlets
    $sandbox = New-Sandbox -Running
    $null = Add-Note $sandbox 'in the backup'
    $backup = Backup-App notes -ErrorAction Stop
    $null = Add-Note $sandbox 'written since'

    # Runs a script where a person always gives this answer.
    function Invoke-With([string] $Answer, [string] $Script) {
        $person = [UpgradeOps.TestCmdlets.AnsweringHost]::new($Answer ? $Answer : [NullString]::Value)
        $space = [runspacefactory]::CreateRunspace($person)
        $space.Open()
        $shell = [PowerShell]::Create($space)
        $output = $shell.AddScript("Import-Module '$Manifest'; $Script").Invoke()
        [pscustomobject] @{ Output = $output; Asked = $person.Asked; Errors = $shell.Streams.Error }
        $space.Dispose()
    }
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Asking' {
    It 'asks before a restore, and shows what it would do' {
        $said = Invoke-With No 'Restore-AppBackup notes'
        $said.Asked | Should -HaveCount 1
        $said.Asked[0] | Should -BeLike '*Restore notes*'
        $said.Errors | Should -BeNullOrEmpty
        Get-NoteCount $sandbox | Should -Be 2
    }

    It 'does not ask before an update, unless told to' {
        (Invoke-With No 'Invoke-AppUpdate notes').Asked | Should -BeNullOrEmpty
        (Invoke-With No 'Undo-AppUpdate notes -Confirm').Asked | Should -HaveCount 1
        Get-ServedVersion $sandbox | Should -Be '1.1.0'
    }

    It 'asks in spite of -Force when told to' {
        (Invoke-With No 'Restore-AppBackup notes -Force -Confirm').Asked | Should -HaveCount 1
        Get-NoteCount $sandbox | Should -Be 2
    }

    It 'never asks with -Force' {
        (Invoke-With '' 'Unlock-App notes -Force').Errors | Should -BeNullOrEmpty
    }

    It 'says that it cannot ask where nobody is' {
        $said = Invoke-With '' 'Restore-AppBackup notes'
        $said.Errors[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Confirmation.Needed,*'
        Get-NoteCount $sandbox | Should -Be 2
    }

    It 'takes yes for an answer to everything that the plan says' {
        $said = Invoke-With Yes "Restore-AppBackup notes $($backup.BackupId)"
        $said.Asked | Should -HaveCount 1
        $said.Output[0].Status | Should -Be 'Kept'
        Get-NoteCount $sandbox | Should -Be 1
    }
}
