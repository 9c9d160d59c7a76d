BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Running
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Get-AppStatus' {
    It 'tells what runs and what is newer' {
        $status = Get-AppStatus notes
        $status | Should -BeOfType UpgradeOps.AppStatus
        $status.RunningVersion | Should -Be '1.0.0'
        $status.LatestVersion | Should -Be '1.1.0'
        $status.UpdateAvailable | Should -BeTrue
        $status.Healthy | Should -BeTrue
        $status.Problems | Should -BeNullOrEmpty
    }

    It 'asks every registered application when none is named' {
        (Get-AppStatus).Name | Should -Be 'notes'
    }

    It 'writes nothing for an empty pipeline' {
        @() | Get-AppStatus | Should -BeNullOrEmpty
    }

    It 'keeps the order, and one error of each that fails' {
        $found = 'nobody', 'notes', 'noone', 'notes' | Get-AppStatus -ErrorVariable failed -ErrorAction SilentlyContinue
        $found.Name | Should -Be 'notes', 'notes'
        $failed.TargetObject | Should -Be 'nobody', 'noone'
    }

    It 'has no Version, so that an update from the pipeline means the newest' {
        (Get-AppStatus notes).PSObject.Properties.Name | Should -Not -Contain 'Version'
        (Get-App | Get-AppStatus | Where-Object UpdateAvailable | Get-AppUpdatePlan).To.Version | Should -Be '1.1.0'
    }

    It 'takes the path of a definition, from where the session stands' {
        Push-Location $sandbox.Folder
        try { (Get-AppStatus ./notes.yaml).RunningVersion | Should -Be '1.0.0' } finally { Pop-Location }
    }

    It 'goes through a job whole' {
        $copy = Start-Job { Import-Module $using:Manifest; Get-AppStatus notes } | Receive-Job -Wait -AutoRemoveJob
        $copy.Name | Should -Be 'notes'
        $copy.Instances[0].State | Should -Be 'running'
    }

    It 'is shown in 100 columns, and in colour only through the host' {
        (Get-AppStatus notes | Out-String -Width 100) | Should -BeLike '*notes*1.0.0*1.1.0*yes*'
        $PSStyle.OutputRendering = 'Ansi'
        try { (Get-AppStatus notes | Out-String) | Should -Match "`e\[3\dmyes" } finally { $PSStyle.OutputRendering = 'PlainText' }
        (Get-AppStatus notes | Out-String) | Should -Not -BeLike "*`e*"
    }
}
