# A process that holds the lock of a sandbox's application: an update to a release that is never well, with a long time for its health.

function Start-Owner($Sandbox) {
    if (-not (Test-Path (Join-Path $Sandbox.Incoming '1.9.0'))) { Publish-Release $Sandbox 1.9.0 -Sick }
    (Get-Content $Sandbox.Definition -Raw).Replace('healthTimeout: 6s', 'healthTimeout: 300s') | Set-Content $Sandbox.Definition
    $start = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
    foreach ($argument in '-NoProfile', '-NonInteractive', '-Command', "Import-Module '$Manifest'; Invoke-AppUpdate notes -Version 1.9.0") { $start.ArgumentList.Add($argument) }
    # A pwsh of its own leaves a socket in its folder for temporary files.
    $null = $start.Environment.Remove('TMPDIR')
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $owner = [Diagnostics.Process]::Start($start)
    $clock = [Diagnostics.Stopwatch]::StartNew()
    while (-not (Get-AppLock notes)) {
        if ($owner.HasExited -or $clock.Elapsed.TotalSeconds -gt 60) { throw "Nobody took the lock: $($owner.StandardError.ReadToEnd())" }
        Start-Sleep -Milliseconds 50
    }
    $owner
}

function Stop-Owner($Owner) {
    if ($Owner -and -not $Owner.HasExited) {
        $Owner.Kill()
        $Owner.WaitForExit()
    }
}
