BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest

    # Updates in a child process, and kills it (SIGKILL) as soon as the journal says that a step of that kind began.
    function Stop-UpdateAt($Sandbox, [string] $Step) {
        $start = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
        foreach ($argument in '-NoProfile', '-NonInteractive', '-Command', "Import-Module '$Manifest'; Invoke-AppUpdate notes") { $start.ArgumentList.Add($argument) }
        $start.RedirectStandardOutput = $true
        $child = [Diagnostics.Process]::Start($start)
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $state = Join-Path $Sandbox.Folder 'state'
        while (-not $child.HasExited -and $clock.Elapsed.TotalSeconds -lt 60) {
            $journal = Get-ChildItem $state -Recurse -Filter *.jsonl -ErrorAction SilentlyContinue | Sort-Object Name | Select-Object -Last 1
            if ($journal -and (Select-String -Path $journal -Pattern $Step -SimpleMatch -Quiet)) { break }
        }
        $child.Kill()
        $child.WaitForExit()
    }
}

Describe 'Resume-AppUpdate' {
    BeforeEach {
        $sandbox = New-Sandbox -Running
    }

    AfterEach {
        Remove-Sandbox $sandbox
    }

    It 'finishes what a killed process began' {
        $null = Add-Note $sandbox 'one'
        Stop-UpdateAt $sandbox 'service.stop'
        $pending = (Get-AppStatus notes).PendingOperation
        $pending | Should -Not -BeNullOrEmpty
        $result = Get-AppStatus | Where-Object PendingOperation | Resume-AppUpdate
        $result.Status | Should -Be 'Kept'
        $result.Resumed | Should -BeTrue
        $result.OperationId | Should -Be $pending
        Get-ServedVersion $sandbox | Should -Be '1.1.0'
        Get-NoteCount $sandbox | Should -Be 1
    }

    It 'needs no definition any more' {
        Stop-UpdateAt $sandbox 'service.stop'
        Remove-Item $sandbox.Definition
        (Resume-AppUpdate notes).Status | Should -Be 'Kept'
        Get-ServedVersion $sandbox | Should -Be '1.1.0'
    }

    It 'tells that there is nothing to go on with' {
        $null = Resume-AppUpdate notes -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Updates.NothingToResume,*'
    }

    It 'goes on with nothing under -WhatIf' {
        Stop-UpdateAt $sandbox 'service.stop'
        Resume-AppUpdate notes -WhatIf | Should -BeNullOrEmpty
        (Get-AppStatus notes).PendingOperation | Should -Not -BeNullOrEmpty
    }
}
