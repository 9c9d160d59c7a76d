BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Running
    $null = Add-Note $sandbox "kept"
    $first = Backup-App notes
    $second = Backup-App notes
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Get-AppBackup' {
    It 'lists the newest first' {
        $ids = (Get-AppBackup notes).BackupId
        $ids[0..1] | Should -Be $second.BackupId, $first.BackupId
    }

    It 'takes an id, a wildcard, or a backup from the pipeline' {
        (Get-AppBackup notes $first.BackupId).BackupId | Should -Be $first.BackupId
        (Get-AppBackup notes "$($second.BackupId.Substring(0, 4))*").BackupId | Should -Contain $second.BackupId
        ($first | Get-AppBackup).BackupId | Should -Be $first.BackupId
        Get-AppBackup notes nothing | Should -BeNullOrEmpty
    }

    It 'does not list one that broke off' {
        Remove-Item (Join-Path $second.Location 'manifest.json')
        (Get-AppBackup notes).BackupId | Should -Not -Contain $second.BackupId
    }

    It 'completes ids' {
        (TabExpansion2 'Restore-AppBackup notes ' 24).CompletionMatches.CompletionText | Should -Contain $first.BackupId
    }
}
