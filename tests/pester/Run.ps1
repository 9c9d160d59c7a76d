<#
.SYNOPSIS
Runs the Pester files, each in a fresh pwsh without profile, and adds up what they found.
.PARAMETER Name
Which files, by name without .Tests.ps1; wildcards.
.PARAMETER CountFile
Gets "passed failed skipped", then a line for each test that failed.
.PARAMETER Configuration
The build of the test cmdlets.
#>
param(
    [string] $Name = '*',
    [string] $CountFile,
    [string] $Configuration = 'Debug',
    [ValidateSet('None', 'Normal', 'Detailed')]
    [string] $Output = 'Normal'
)

$ErrorActionPreference = 'Stop'
$env:UPGRADEOPS_TEST_CONFIGURATION = $Configuration
$env:POWERSHELL_TELEMETRY_OPTOUT = '1'
$pwsh = [Environment]::ProcessPath
$sum = @{ Passed = 0; Failed = 0; Skipped = 0 }
$failures = @()

foreach ($file in Get-ChildItem $PSScriptRoot -Filter "$Name.Tests.ps1") {
    $counts = New-TemporaryFile
    try {
        $null | & $pwsh -NoProfile -NonInteractive -File (Join-Path $PSScriptRoot 'RunFile.ps1') $file.FullName $counts.FullName $Output
        $found, $names = Get-Content $counts.FullName
        if (-not $found) {
            # It ended without a word: a crash is a failure, never silence.
            Write-Host "FAILED: $($file.Name) ended with exit code $LASTEXITCODE and no result" -ForegroundColor Red
            $sum.Failed++
            $failures += "$($file.Name) (no result)"
            continue
        }
        $passed, $failed, $skipped = [int[]] $found.Split(' ')
        $sum.Passed += $passed
        $sum.Failed += $failed
        $sum.Skipped += $skipped
        $failures += $names | Where-Object { $_ } | ForEach-Object { "$($file.Name): $_" }
    }
    finally {
        Remove-Item $counts.FullName
    }
}

if ($CountFile) { @("$($sum.Passed) $($sum.Failed) $($sum.Skipped)") + $failures | Set-Content $CountFile }
Write-Host "Pester: $($sum.Passed) passed, $($sum.Failed) failed, $($sum.Skipped) skipped"
exit [int] ($sum.Failed -gt 0 -or $sum.Passed -eq 0)
