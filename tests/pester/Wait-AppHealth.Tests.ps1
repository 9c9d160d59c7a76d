BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Running
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Wait-AppHealth' {
    It 'returns at once when it is well' {
        $clock = [Diagnostics.Stopwatch]::StartNew()
        (Wait-AppHealth notes -Timeout 60).Healthy | Should -BeTrue
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 30
    }

    It 'waits for the version that is wanted' {
        (Wait-AppHealth notes 1.0.0 -Timeout 10).RunningVersion | Should -Be '1.0.0'
        $report = Wait-AppHealth notes -Version 1.1.0 -Timeout 2 -ErrorVariable failed -ErrorAction SilentlyContinue
        $report.Healthy | Should -BeFalse
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Health.NotHealthy,*'
    }

    It 'asks once when it may not wait, and tells the reason' {
        Stop-App $sandbox
        $report = Wait-AppHealth notes -Timeout 0 -ErrorVariable failed -ErrorAction SilentlyContinue
        $report.Healthy | Should -BeFalse
        $failed | Should -HaveCount 1
        $failed[0].TargetObject | Should -Be 'notes'
    }

    It 'stops waiting when it is told to' {
        $shell = [PowerShell]::Create()
        $running = $shell.AddScript("Import-Module '$Manifest'; Wait-AppHealth notes -Timeout 600").BeginInvoke()
        Start-Sleep -Seconds 1
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 20
        $running.IsCompleted | Should -BeTrue
    }
}
