BeforeAll {
    . $PSScriptRoot/Common.ps1
    Import-Module $Manifest
    Import-Module $TestCmdlets
    $Diary = [UpgradeOps.TestCmdlets.TestWorkCommand]::Diary
    $Entries = { $Diary.ToArray() }

    # Starts a script and waits until the diary has the given entry.
    function Start-Script([string] $Script, [string] $Until) {
        $shell = [PowerShell]::Create()
        $null = $shell.AddScript("Import-Module '$Manifest'; Import-Module '$TestCmdlets'; $Script")
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $running = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]] $null, $output)
        $clock = [Diagnostics.Stopwatch]::StartNew()
        while ($Until -notin $Diary.ToArray()) {
            if ($clock.Elapsed.TotalSeconds -gt 20) { throw "Never came: $Until; only: $($Diary.ToArray())" }
            Start-Sleep -Milliseconds 10
        }
        [pscustomobject] @{ Shell = $shell; Running = $running; Output = $output }
    }
}

Describe 'AsyncCmdlet' {
    BeforeEach {
        $Diary.Clear()
    }

    Context 'Work and writes' {
        It 'runs the work on the thread pool and writes in order' {
            Test-Work -Start 5 -Count 200 | Should -Be (5..204)
            & $Entries | Select-Object -First 1 | Should -Be 'begin 5 pool=True'
        }

        It 'works once for each input object, and once at the end' {
            1, 10 | Test-Work | Should -Be 1, 10
            & $Entries | Should -Be 'begin 1 pool=True', 'end 1', 'begin 10 pool=True', 'end 10', 'last'
        }

        It 'takes writes from many threads at once' {
            Test-Work -Start 0 -Threads 8 -Count 100 | Sort-Object | Should -Be (0..799)
        }

        It 'makes posted calls before it ends' {
            @(Test-Work -Posted -Threads 4 -Count 50 -Verbose 4>&1 | Where-Object { "$_" -eq 'posted' }).Count | Should -Be 200
        }

        It 'feeds another of its kind through the pipeline' {
            1..5 | Test-Work | Test-Work -Count 2 | Should -Be 1, 2, 2, 3, 3, 4, 4, 5, 5, 6
        }
    }

    Context 'Errors' {
        It 'makes a known error of one object non-terminating, with all that the catalogue knows' {
            $found = 7, 8 | Test-Work -Throw known -ErrorVariable failed -ErrorAction SilentlyContinue
            $found | Should -Be 7, 8
            $failed | Should -HaveCount 2
            $failed[0].FullyQualifiedErrorId | Should -Be 'UpgradeOps.State.LockHeld,UpgradeOps.TestCmdlets.TestWorkCommand'
            $failed[0].CategoryInfo.Category | Should -Be 'ResourceBusy'
            $failed[0].TargetObject | Should -Be 'work-7'
            $failed[0].ErrorDetails.RecommendedAction | Should -BeLike '*Get-AppLock*'
            $failed[0].Exception | Should -BeOfType UpgradeOps.AppException
        }

        It 'names a fault of its own as such' {
            Test-Work -Throw unexpected -ErrorVariable failed -ErrorAction SilentlyContinue | Should -Be 0
            $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Unexpected,*'
            $failed[0].Exception | Should -BeOfType InvalidCastException
        }

        It 'does not take a time-out inside the work for a wish to stop' {
            Test-Work -Throw cancelled -ErrorVariable failed -ErrorAction SilentlyContinue | Should -Be 0
            $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Unexpected,*'
        }

        It 'ends the pipeline under -ErrorAction Stop' {
            { 7, 8 | Test-Work -Throw known -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.State.LockHeld*'
            & $Entries | Should -Not -Contain 'begin 8 pool=True'
        }
    }

    Context 'Stopping' {
        It 'is told by Ctrl+C, and awaited' {
            $script = Start-Script 'Test-Work -Start 3 -Hang -SlowStop 300' -Until 'begin 3 pool=True'
            $script.Shell.Stop()
            & $Entries | Should -Be 'begin 3 pool=True', 'cancelled 3', 'end 3'
            $script.Shell.InvocationStateInfo.State | Should -Be 'Stopped'
        }

        It 'writes nothing after Ctrl+C' {
            $script = Start-Script 'Test-Work -Start 3 -Count 1000000' -Until 'begin 3 pool=True'
            $script.Shell.Stop()
            $count = $script.Output.Count
            & $Entries | Should -Contain 'end 3'
            Start-Sleep -Milliseconds 100
            $script.Output.Count | Should -Be $count
        }

        It 'is told by a reader that has enough, and awaited' {
            1..3 | Test-Work -Count 1000000 -SlowStop 200 | Select-Object -First 1 | Should -Be 1
            & $Entries | Should -Be 'begin 1 pool=True', 'cancelled 1', 'end 1'
        }

        It 'is told by a reader that throws, and awaited' {
            { Test-Work -Count 1000000 -SlowStop 200 | ForEach-Object { throw 'enough' } } | Should -Throw 'enough'
            & $Entries | Should -Be 'begin 0 pool=True', 'cancelled 0', 'end 0'
        }

        It 'is told when the pipeline ends between two objects' {
            { 1, 2 | ForEach-Object { if ($_ -eq 2) { throw 'upstream' }; $_ } | Test-Work -LeaveBehind } | Should -Throw 'upstream'
            $clock = [Diagnostics.Stopwatch]::StartNew()
            while ('token 1' -notin (& $Entries) -and $clock.Elapsed.TotalSeconds -lt 10) { Start-Sleep -Milliseconds 10 }
            & $Entries | Should -Contain 'token 1'
            & $Entries | Should -Not -Contain 'last'
        }
    }

    Context 'Progress' {
        BeforeAll {
            function Watch-Progress([string] $Script) {
                $shell = [PowerShell]::Create()
                $null = $shell.AddScript("Import-Module '$Manifest'; Import-Module '$TestCmdlets'; $Script").Invoke()
                # An import has a bar of its own.
                $own = $shell.Streams.Progress | Where-Object ActivityId -EQ 0x0A99
                [pscustomobject] @{ Shown = @($own | Where-Object RecordType -EQ Processing); Completed = @($own | Where-Object RecordType -EQ Completed); Streams = $shell.Streams; Last = $own[-1] }
            }
        }

        It 'is shown at most five times a second, and the newest always' {
            $seen = Watch-Progress 'Test-Progress -Milliseconds 2000'
            $seen.Shown.Count | Should -BeLessOrEqual 13
            $seen.Shown.Count | Should -BeGreaterOrEqual 4
            $seen.Shown[-1].StatusDescription | Should -Be 'the newest'
        }

        It 'is completed at the end' {
            $seen = Watch-Progress 'Test-Progress -Milliseconds 300'
            $seen.Completed | Should -HaveCount 1
            $seen.Last.RecordType | Should -Be 'Completed'
        }

        It 'is completed after an error' {
            $seen = Watch-Progress 'Test-Progress -Milliseconds 300 -Fail'
            $seen.Streams.Error[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Docker.PullFailed,*'
            $seen.Last.RecordType | Should -Be 'Completed'
        }

        It 'writes each warning' {
            (Watch-Progress 'Test-Progress -Milliseconds 100').Streams.Warning.Message | Should -Be 'the disk is nearly full'
        }
    }
}
