BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Running
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Get-AppHealth' {
    It 'tells health and version of what answers' {
        $report = Get-AppHealth notes
        $report | Should -BeOfType UpgradeOps.HealthReport
        $report.Healthy | Should -BeTrue
        $report.RunningVersion | Should -Be '1.0.0'
        $report.Checks[0].StatusCode | Should -Be 200
    }

    It 'makes a result, not an error, of an application that is down' {
        Stop-App $sandbox
        $report = Get-AppHealth notes -ErrorAction Stop
        $report.Healthy | Should -BeFalse
        $report.Reason | Should -Not -BeNullOrEmpty
    }

    It 'tells of an application that is not registered' {
        { Get-AppHealth nobody -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Apps.Unknown,*'
    }
}
