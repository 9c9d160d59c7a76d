BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
}

Describe 'Invoke-AppUpdate' {
    BeforeEach {
        $sandbox = New-Sandbox -Versions 1.0.0, 1.1.0 -Running
    }

    AfterEach {
        Remove-Sandbox $sandbox
    }

    It 'updates to the newest, and keeps the data' {
        1..3 | ForEach-Object { $null = Add-Note $sandbox "note $_" }
        $result = Invoke-AppUpdate notes
        $result | Should -BeOfType UpgradeOps.UpdateResult
        $result.Status | Should -Be 'Kept'
        $result.From, $result.To | Should -Be '1.0.0', '1.1.0'
        Get-ServedVersion $sandbox | Should -Be '1.1.0'
        Get-NoteCount $sandbox | Should -Be 3
    }

    It 'goes back by itself when the new version is not well, and says so as an error too' {
        Publish-Release $sandbox 1.2.0 -Sick
        $null = Add-Note $sandbox 'before'
        $result = Invoke-AppUpdate notes -Version 1.2.0 -ErrorVariable failed -ErrorAction SilentlyContinue
        $result.Status | Should -Be 'Undone'
        $result.Evidence | Should -Not -BeNullOrEmpty
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -BeLike "$($result.Error.ErrorId),*"
        $failed[0].TargetObject | Should -Be 'notes'
        Get-ServedVersion $sandbox | Should -Be '1.0.0'
        Get-NoteCount $sandbox | Should -Be 1
    }

    It 'ends a runbook that stops at errors, when it had to go back' {
        Publish-Release $sandbox 1.2.0 -Sick
        { Invoke-AppUpdate notes -Version 1.2.0 -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Health.*'
    }

    It 'has nothing to do when the version runs already' {
        $null = Invoke-AppUpdate notes
        $result = Invoke-AppUpdate notes -ErrorVariable failed
        $result.Status | Should -Be 'NothingToDo'
        $failed | Should -BeNullOrEmpty
    }

    It 'proves the backup as far as it is told, and tells what was seen' {
        (Get-AppUpdatePlan notes -ProveBackup None).Steps.Kind | Should -Not -Contain 'backup.prove'
        $result = Invoke-AppUpdate notes -ProveBackup Checksum
        $result.Status | Should -Be 'Kept'
        $result.Proof.Level | Should -Be 'Checksum'
        $result.Proof.Evidence | Should -Not -BeNullOrEmpty
        (Get-AppHistory notes | Select-Object -First 1).Proof.Level | Should -Be 'Checksum'
    }

    It 'follows the pipeline of what has an update' {
        $result = Get-App | Get-AppStatus | Where-Object UpdateAvailable | Invoke-AppUpdate
        $result.Status | Should -Be 'Kept'
        Get-App | Get-AppStatus | Where-Object UpdateAvailable | Invoke-AppUpdate | Should -BeNullOrEmpty
    }

    It 'runs the plan that comes down the pipeline, and not the newest by its name' {
        $plan = Get-AppUpdatePlan notes -Version 1.1.0
        Publish-Release $sandbox 1.3.0
        ($plan | Invoke-AppUpdate -WhatIf -PassThru).Hash | Should -Be $plan.Hash
        $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($plan))
        ($copy | Invoke-AppUpdate -WhatIf -PassThru).Hash | Should -Be $plan.Hash
        ($plan | ConvertTo-Json -Depth 9 | Invoke-AppUpdate -WhatIf -PassThru).Hash | Should -Be $plan.Hash
        $result = $plan | Invoke-AppUpdate
        $result.Status | Should -Be 'Kept'
        $result.To | Should -Be '1.1.0'
    }

    It 'runs a plan that was kept as <Form>' -ForEach @(
        @{ Form = 'CLIXML'; Trip = { param($plan) $file = Join-Path $sandbox.Folder 'plan.xml'; $plan | Export-Clixml $file; Import-Clixml $file } }
        @{ Form = 'JSON text'; Trip = { param($plan) $plan | ConvertTo-Json -Depth 9 } }
        @{ Form = 'parsed JSON'; Trip = { param($plan) $plan | ConvertTo-Json -Depth 9 -EnumsAsStrings | ConvertFrom-Json } }
        @{ Form = 'a job''s output'; Trip = { param($plan) Start-Job { Import-Module $using:Manifest; Get-AppUpdatePlan notes } | Receive-Job -Wait -AutoRemoveJob } }
    ) {
        $plan = Get-AppUpdatePlan notes
        $result = Invoke-AppUpdate -Plan (& $Trip $plan)
        $result.Status | Should -Be 'Kept' -Because $result.Error.Message
    }

    It 'refuses a plan that was changed' {
        $json = Get-AppUpdatePlan notes | ConvertTo-Json -Depth 9
        { Invoke-AppUpdate -Plan $json.Replace('1.1.0', '1.1.1') -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Updates.PlanDamaged,*'
        Get-ServedVersion $sandbox | Should -Be '1.0.0'
    }

    It 'says which line of a plan cannot be read' {
        { Invoke-AppUpdate -Plan "{ `"name`": `"notes`",`n oops" } | Should -Throw '*the plan, line 2*'
    }

    It 'refuses a plan when the world has moved since' {
        $plan = Get-AppUpdatePlan notes -Version 1.1.0
        Publish-Release $sandbox 1.3.0
        $null = Invoke-AppUpdate notes -Version 1.3.0
        $result = $plan | Invoke-AppUpdate -ErrorVariable failed -ErrorAction SilentlyContinue
        $result.Status | Should -Be 'Refused'
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Updates.PlanStale,*'
        Get-ServedVersion $sandbox | Should -Be '1.3.0'
    }

    It 'tells each step under -WhatIf, and does none' {
        $plan = Get-AppUpdatePlan notes
        $transcript = Join-Path $sandbox.Folder 'transcript.txt'
        $null = Start-Transcript $transcript
        Invoke-AppUpdate notes -WhatIf | Should -BeNullOrEmpty
        $null = Stop-Transcript
        $told = Get-Content $transcript -Raw
        foreach ($step in $plan.Steps) { $told | Should -BeLike "*$([wildcardpattern]::Escape($step.Description))*" }
        Get-ServedVersion $sandbox | Should -Be '1.0.0'
        Get-AppHistory notes | Where-Object To -EQ '1.1.0' | Should -BeNullOrEmpty
    }

    It 'writes the plan under -WhatIf -PassThru' {
        $plan = Invoke-AppUpdate notes -WhatIf -PassThru
        $plan | Should -BeOfType UpgradeOps.UpdatePlan
        $plan.Hash | Should -Be (Get-AppUpdatePlan notes).Hash
    }

    It 'says where things stand when it is stopped in the middle' {
        $shell = [PowerShell]::Create()
        $running = $shell.AddScript("Import-Module '$Manifest'; Invoke-AppUpdate notes -Verbose").BeginInvoke()
        $clock = [Diagnostics.Stopwatch]::StartNew()
        while (-not ($shell.Streams.Verbose.Message -like 'StepStarted*') -and $clock.Elapsed.TotalSeconds -lt 30) { Start-Sleep -Milliseconds 5 }
        $shell.Stop()
        $running.IsCompleted | Should -BeTrue
        # Wherever it stopped: nothing is half done that cannot be gone on with.
        $pending = (Get-AppStatus notes).PendingOperation
        if ($pending) {
            (Resume-AppUpdate notes).Status | Should -Be 'Kept'
            Get-ServedVersion $sandbox | Should -Be '1.1.0'
        }
        else {
            Get-ServedVersion $sandbox | Should -BeIn '1.0.0', '1.1.0'
        }
    }

    It 'stops at the next safe point on Ctrl+C in a process of its own, and can be gone on with' {
        # While the new version is watched: the step that lasts longest.
        Add-Content $sandbox.Definition 'bake: 1h'
        $start = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
        foreach ($argument in '-NoProfile', '-Command', "Import-Module '$Manifest'; Invoke-AppUpdate notes") { $start.ArgumentList.Add($argument) }
        $start.RedirectStandardOutput = $start.RedirectStandardError = $start.RedirectStandardInput = $true
        $child = [Diagnostics.Process]::Start($start)
        $null = $child.StandardOutput.ReadToEndAsync(), $child.StandardError.ReadToEndAsync()
        $clock = [Diagnostics.Stopwatch]::StartNew()
        do {
            Start-Sleep -Milliseconds 50
            $journal = Get-ChildItem (Join-Path $sandbox.Folder 'state') -Recurse -Filter journal.jsonl | Sort-Object FullName | Select-Object -Last 1
        } until (($journal -and (Select-String -Path $journal -Pattern 'health.bake#1","kind":"health.bake","event":"intend' -SimpleMatch -Quiet)) -or $clock.Elapsed.TotalSeconds -gt 90)
        & kill -s INT $child.Id
        $child.WaitForExit(60000) | Should -BeTrue
        $entry = Get-AppHistory notes | Select-Object -First 1
        $entry.Status | Should -Be 'Interrupted'
        Get-AppLock notes | Should -BeNullOrEmpty
        { Invoke-AppUpdate notes -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Updates.OperationPending,*'
        (Undo-AppUpdate notes -Confirm:$false).Status | Should -Be 'Undone'
        Get-ServedVersion $sandbox | Should -Be '1.0.0'
    }

    It 'tells of an application that is not registered' {
        { Invoke-AppUpdate nobody -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Apps.Unknown,*'
    }
}
