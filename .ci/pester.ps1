# Builds the module, runs all Pester files in one go, and writes "passed failed skipped" into the given file.
param([Parameter(Mandatory)][string] $CountFile)

$ErrorActionPreference = 'Stop'
$root = Split-Path $PSScriptRoot
if (Test-Path "$root/build.ps1") { & "$root/build.ps1" }

Import-Module Pester -MinimumVersion 5.0
$configuration = New-PesterConfiguration
$configuration.Run.Path = "$root/tests/pester"
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
$result = Invoke-Pester -Configuration $configuration

# What failed outside a test (a file that cannot be read, a BeforeAll) counts when it took no test with it.
$failed = $result.FailedCount
if ($failed -eq 0) { $failed = $result.FailedBlocksCount + $result.FailedContainersCount }
"$($result.PassedCount) $failed $($result.SkippedCount + $result.NotRunCount)" | Set-Content $CountFile
exit [int]($failed -gt 0)
