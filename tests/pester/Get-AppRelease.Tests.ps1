BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Versions 1.0.0, 1.10.0, 1.9.0, 2.0.0-beta.1 -Running
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Get-AppRelease' {
    It 'lists what exists, the newest first by Semantic Versioning' {
        (Get-AppRelease notes).Version | Should -Be '2.0.0-beta.1', '1.10.0', '1.9.0', '1.0.0'
    }

    It 'carries name and version, so that it chooses for an update' {
        $release = Get-AppRelease notes | Where-Object Version -EQ '1.9.0'
        $release | Should -BeOfType UpgradeOps.Release
        $release.Name | Should -Be 'notes'
        ($release | Get-AppUpdatePlan).To.Version | Should -Be '1.9.0'
    }

    It 'takes applications from the pipeline, and a path in place of a name' {
        (Get-App | Get-AppRelease).Count | Should -Be 4
        (Get-AppRelease $sandbox.Definition).Count | Should -Be 4
    }

    It 'completes versions' {
        (TabExpansion2 'Invoke-AppUpdate notes 1.' 25).CompletionMatches.CompletionText | Should -Be '1.10.0', '1.9.0', '1.0.0'
        (TabExpansion2 'Wait-AppHealth -Name notes -Version 2' 37).CompletionMatches.CompletionText | Should -Be '2.0.0-beta.1'
    }

    It 'tells of an application that is not registered' {
        { Get-AppRelease nobody -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Apps.Unknown,*'
    }
}
