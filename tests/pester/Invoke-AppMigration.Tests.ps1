BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Running
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Invoke-AppMigration' {
    It 'says what is to be declared when nothing is, and begins nothing' {
        Invoke-AppMigration notes -ErrorVariable failed -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Migrations.NotDeclared,*'
        Get-AppHistory notes | Where-Object Kind -eq 'Migration' | Should -BeNullOrEmpty
    }

    It 'tells of each application that is piped' {
        'nobody', 'notes' | Invoke-AppMigration -ErrorVariable failed -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failed.Count | Should -Be 2
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Apps.Unknown,*'
    }

    It 'asks what an update asks' {
        [UpgradeOps.PowerShell.Commands.InvokeAppMigrationCommand].GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false)[0].ConfirmImpact | Should -Be 'Medium'
    }
}
