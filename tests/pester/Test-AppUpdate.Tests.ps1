BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Running
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Test-AppUpdate' {
    It 'blocks nothing when all is well' {
        Test-AppUpdate notes | Where-Object Severity -EQ Blocker | Should -BeNullOrEmpty
        Test-AppUpdate notes -Quiet | Should -BeTrue
    }

    It 'tells what blocks, with the name of the application' {
        Move-Item (Join-Path $sandbox.Incoming '1.1.0' 'Notes') (Join-Path $sandbox.Folder 'Notes.away')
        try {
            $found = Test-AppUpdate notes -Version 1.1.0 | Where-Object Severity -EQ Blocker
            $found | Should -BeOfType UpgradeOps.Finding
            $found[0].Name | Should -Be 'notes'
            $found[0].RecommendedAction | Should -Not -BeNullOrEmpty
            Test-AppUpdate notes -Version 1.1.0 -Quiet | Should -BeFalse
        }
        finally {
            Move-Item (Join-Path $sandbox.Folder 'Notes.away') (Join-Path $sandbox.Incoming '1.1.0' 'Notes')
        }
    }

    It 'makes an error of a version that does not exist' {
        { Test-AppUpdate notes -Version 9.9.9 -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Releases.NotFound,*'
    }
}
