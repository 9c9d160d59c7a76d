BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Running
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Get-AppMigration' {
    It 'says what is to be declared when nothing is' {
        Get-AppMigration notes -ErrorVariable failed -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Migrations.NotDeclared,*'
        $failed[0].ErrorDetails.RecommendedAction | Should -BeLike "*migrations:*"
    }

    It 'takes names from the pipeline and goes on after one that fails' {
        'nobody', 'notes' | Get-AppMigration -ErrorVariable failed -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failed.Count | Should -Be 2
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Apps.Unknown,*'
    }

    It 'knows the states by name' {
        (Get-Command Get-AppMigration).Parameters['State'].ParameterType.GetElementType().GetEnumNames() | Should -Be @('Applied', 'Pending', 'Failed', 'Dirty', 'Changed', 'Unknown')
    }
}
