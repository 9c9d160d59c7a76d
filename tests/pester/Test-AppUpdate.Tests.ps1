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

    It 'says what is to be declared before it can be rehearsed' {
        Test-AppUpdate notes -Rehearse -ErrorVariable failed -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Rehearsals.NotDeclared,*'
    }

    It 'rehearses beside the live application and leaves nothing behind' {
        Add-Content $sandbox.Definition 'rehearse: { command: [./Notes, --listen, "127.0.0.1:{port}"], environment: { NOTES_DATA: "{shared}" } }'
        Test-AppUpdate notes -Rehearse -WhatIf | Should -BeNullOrEmpty
        Get-AppHistory notes | Where-Object Kind -eq 'Rehearsal' | Should -BeNullOrEmpty
        $report = Test-AppUpdate notes -Version 1.1.0 -Rehearse
        $report | Should -BeOfType UpgradeOps.RehearsalReport
        $report.Reason | Should -BeNullOrEmpty
        $report.Passed | Should -BeTrue
        $report.To | Should -Be '1.1.0'
        $report.EstimatedOutageSeconds | Should -BeGreaterThan 0
        Join-Path $sandbox.App 'rehearsal' | Should -Not -Exist
        (Get-AppStatus notes).RunningVersion | Should -Be '1.0.0'
        Test-AppUpdate notes -Version 1.1.0 -Rehearse -Quiet | Should -BeTrue
    }

    It 'makes an error of a version that does not exist' {
        { Test-AppUpdate notes -Version 9.9.9 -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Releases.NotFound,*'
    }
}
