# Runs one Pester file in this process and writes "passed failed skipped", then a line for each test that failed. Started by Run.ps1.
param(
    [Parameter(Mandatory)][string] $Path,
    [Parameter(Mandatory)][string] $CountFile,
    [string] $Output = 'Normal'
)

$ErrorActionPreference = 'Stop'
$PSStyle.OutputRendering = 'PlainText'
Import-Module Pester -MinimumVersion 5.0 -MaximumVersion 5.99
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = $Output
$result = Invoke-Pester -Configuration $configuration

foreach ($skipped in $result.Skipped) { Write-Host "SKIPPED: $($skipped.ExpandedPath): $($skipped.ErrorRecord)" }

# What failed outside a test (a file that cannot be read, a BeforeAll) counts when it took no test with it.
$failed = $result.FailedCount
if ($failed -eq 0) { $failed = $result.FailedBlocksCount + $result.FailedContainersCount }
@("$($result.PassedCount) $failed $($result.SkippedCount + $result.NotRunCount)") + @($result.Failed.ExpandedPath) | Set-Content $CountFile
