BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Running
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Get-AppUpdatePlan' {
    It 'says from where to where, and every step' {
        $plan = Get-AppUpdatePlan notes
        $plan | Should -BeOfType UpgradeOps.UpdatePlan
        $plan.From.Version | Should -Be '1.0.0'
        $plan.To.Version | Should -Be '1.1.0'
        $plan.Steps.Phase | Should -Contain 'Switch'
        $plan.Hash | Should -Match '^[0-9a-f]{64}$'
    }

    It 'makes the same plan twice' {
        (Get-AppUpdatePlan notes).Hash | Should -Be (Get-AppUpdatePlan notes).Hash
    }

    It 'is empty when the wanted version runs' {
        $null = Invoke-AppUpdate notes -ErrorAction Stop
        (Get-AppUpdatePlan notes).Steps | Should -BeNullOrEmpty
        $null = Undo-AppUpdate notes -ErrorAction Stop
    }

    It 'is shown with one line a step' {
        $text = Get-AppUpdatePlan notes | Out-String -Width 300
        foreach ($step in (Get-AppUpdatePlan notes).Steps) { $text | Should -BeLike "*$($step.Phase): $([wildcardpattern]::Escape($step.Description))*" }
    }

    It 'tells of a version that does not exist' {
        { Get-AppUpdatePlan notes 9.9.9 -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Releases.NotFound,*'
    }

    It 'serialises its steps and their inputs whole' {
        $plan = Get-AppUpdatePlan notes
        $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($plan))
        $copy.Steps.Count | Should -Be $plan.Steps.Count
        ($copy.Steps | Where-Object Phase -EQ 0)[0].Inputs.Count | Should -BeGreaterThan 0
    }
}
