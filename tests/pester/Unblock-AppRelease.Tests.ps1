BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Versions 1.0.0, 1.1.0 -Sick 1.1.0 -Running
    $null = Invoke-AppUpdate notes -ErrorAction SilentlyContinue
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'A release that failed' {
    It 'is shown with the reason by status, list and plan, and offered by none' {
        $status = Get-AppStatus notes
        $status.UpdateAvailable | Should -BeFalse
        $status.KnownBad | Should -BeOfType UpgradeOps.KnownBadRelease
        $status.KnownBad.Version | Should -Be '1.1.0'
        $status.KnownBad.Reason | Should -Not -BeNullOrEmpty
        $status.Problems.ErrorId | Should -Contain 'UpgradeOps.Updates.KnownBad'
        (Get-AppRelease notes | Where-Object KnownBad).Version | Should -Be '1.1.0'
        (Get-AppUpdatePlan notes).Findings.ErrorId | Should -Contain 'UpgradeOps.Updates.KnownBad'
        $again = Invoke-AppUpdate notes -ErrorVariable failed -ErrorAction SilentlyContinue
        $again.Status | Should -Be 'Refused'
        $failed[0].ErrorDetails.RecommendedAction | Should -BeLike '*Invoke-AppUpdate -Name notes -Version 1.1.0 -Force'
    }
}

Describe 'Unblock-AppRelease' {
    It 'forgets nothing under -WhatIf' {
        Unblock-AppRelease notes 1.1.0 -WhatIf
        (Get-AppStatus notes).KnownBad.Version | Should -Be '1.1.0'
    }

    It 'tells of a version that never failed' {
        { Unblock-AppRelease notes 1.0.0 -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Releases.NotFound,*'
    }

    It 'takes bad releases from the list, and they are offered again' {
        $forgotten = Get-AppRelease notes | Where-Object KnownBad | Unblock-AppRelease
        $forgotten.Version | Should -Be '1.1.0'
        (Get-AppStatus notes).KnownBad | Should -BeNullOrEmpty
        (Get-AppStatus notes).UpdateAvailable | Should -BeTrue
    }
}
