BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Running
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Undo-AppMigration' {
    It 'says what is to be declared when nothing is' {
        Undo-AppMigration notes -Force -ErrorVariable failed -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Migrations.NotDeclared,*'
    }

    It 'tells that a script cannot be read, and touches nothing' {
        $missing = Join-Path $sandbox.Folder 'no.sql'
        Undo-AppMigration notes 39 -Script $missing -Force -ErrorVariable failed -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Migrations.ScriptUnfit,*'
        "$($failed[0])" | Should -BeLike "*$missing*"
        Get-AppHistory notes | Where-Object Kind -eq 'MigrationUndo' | Should -BeNullOrEmpty
    }

    It 'asks by default' {
        (Get-Command Undo-AppMigration).ScriptBlock | Should -BeNullOrEmpty
        [UpgradeOps.PowerShell.Commands.UndoAppMigrationCommand].GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false)[0].ConfirmImpact | Should -Be 'High'
    }
}
