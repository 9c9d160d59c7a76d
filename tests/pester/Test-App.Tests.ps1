BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Running
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Test-App' {
    It 'says what is to be declared when nothing is' {
        Test-App notes -ErrorVariable failed -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Health.NoSmokeTests,*'
        $failed[0].ErrorDetails.RecommendedAction | Should -BeLike "*smoke:*"
    }

    It 'runs the declared tests up to the first that fails' {
        $definition = (Get-App notes).Path
        Add-Content $definition @"
smoke:
  - { name: says so, command: [sh, -c, 'echo fine; touch $($sandbox.Folder)/said'], output: fine }
  - { name: breaks, command: [sh, -c, 'exit 3'] }
  - { name: never, command: ['true'] }
"@
        Test-App notes -WhatIf -ErrorAction Stop | Should -BeNullOrEmpty
        "$($sandbox.Folder)/said" | Should -Not -Exist
        $report = Test-App notes -ErrorAction Stop
        "$($sandbox.Folder)/said" | Should -Exist
        $report | Should -BeOfType UpgradeOps.SmokeReport
        $report.Passed | Should -BeFalse
        $report.Tests.Test | Should -Be @('says so', 'breaks')
        $report.Tests.Passed | Should -Be @($true, $false)
        $report.NotRun | Should -Be @('never')
        $report.Reason | Should -BeLike "*'breaks'*exit code 3*"
    }
}
