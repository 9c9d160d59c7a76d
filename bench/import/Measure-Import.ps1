<#
.SYNOPSIS
Compares the import of UpgradeOps with that of an empty binary module: pairs of fresh processes, one after the other, in one run.
.DESCRIPTION
Only the difference and the ratio mean anything; absolute times are this machine's. "used" is the import and the first call of a cmdlet
that needs the engine, which is when the engine is loaded.
.EXAMPLE
dotnet build UpgradeOps.sln -c Release; pwsh bench/import/Measure-Import.ps1
#>
[CmdletBinding()]
param(
    [int] $Pairs = 20,
    [string] $Configuration = 'Release'
)

$ErrorActionPreference = 'Stop'
$root = Split-Path (Split-Path $PSScriptRoot)
$ours = Join-Path $root 'out' 'UpgradeOps' 'UpgradeOps.psd1'
$empty = Join-Path $PSScriptRoot 'UpgradeOps.EmptyModule' 'bin' $Configuration 'net8.0' 'EmptyModule.psd1'
$env:POWERSHELL_TELEMETRY_OPTOUT = '1'
$env:UPGRADEOPS_CONFIG = Join-Path ([IO.Path]::GetTempPath()) 'upgradeops-bench-none'

function Measure-Fresh([string] $Manifest, [string] $Command) {
    $script = "`$clock = [Diagnostics.Stopwatch]::StartNew(); Import-Module '$Manifest'; $Command; `$clock.Elapsed.TotalMilliseconds"
    [double] @(& ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $script)[-1]
}

function Get-Median([double[]] $Values) { ($Values | Sort-Object)[[Math]::Floor($Values.Count / 2)] }

$times = @{ Empty = @(); Import = @(); Used = @() }
$null = Measure-Fresh $empty; $null = Measure-Fresh $ours
foreach ($pair in 1..$Pairs) {
    $times.Empty += Measure-Fresh $empty
    $times.Import += Measure-Fresh $ours
    $times.Used += Measure-Fresh $ours 'Get-App'
}

$median = @{}
foreach ($name in $times.Keys) { $median[$name] = Get-Median $times[$name] }
# What one pair saw, so that a slow moment of the machine falls on both.
$above = Get-Median (0..($Pairs - 1) | ForEach-Object { $times.Import[$_] - $times.Empty[$_] })
[pscustomobject] @{
    Pairs        = $Pairs
    EmptyMs      = [Math]::Round($median.Empty, 1)
    ImportMs     = [Math]::Round($median.Import, 1)
    UsedMs       = [Math]::Round($median.Used, 1)
    AboveEmptyMs = [Math]::Round($above, 1)
    Ratio        = [Math]::Round($median.Import / $median.Empty, 2)
    PackageMB    = [Math]::Round((Get-ChildItem (Split-Path $ours) -Recurse -File | Measure-Object Length -Sum).Sum / 1MB, 2)
    Reached      = $above -le 100
}
