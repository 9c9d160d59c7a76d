# Dot-sourced by every Pester file in BeforeAll: where things are, and the module as it is laid out.
$ErrorActionPreference = 'Stop'
$PSStyle.OutputRendering = 'PlainText'

$Repository = Split-Path (Split-Path $PSScriptRoot)
$ModuleFolder = Join-Path $Repository 'out' 'UpgradeOps'
$Manifest = Join-Path $ModuleFolder 'UpgradeOps.psd1'
$Configuration = $env:UPGRADEOPS_TEST_CONFIGURATION ? $env:UPGRADEOPS_TEST_CONFIGURATION : 'Debug'
$TestCmdlets = Join-Path $Repository 'tests' 'UpgradeOps.TestCmdlets' 'bin' $Configuration 'net8.0' 'UpgradeOps.TestCmdlets.dll'

# A child pwsh: its own process, nothing of this one. With -Json the script writes one JSON text and nothing else.
function Invoke-Fresh([string] $Script, [switch] $Json) {
    $preamble = "`$ErrorActionPreference = 'Stop'; `$PSStyle.OutputRendering = 'PlainText'; `$Manifest = '$Manifest'; `$TestCmdlets = '$TestCmdlets'`n"
    $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($preamble + $Script))
    $out = $null | & ([Environment]::ProcessPath) -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $encoded 2>&1 | ForEach-Object { "$_" }
    if ($LASTEXITCODE -ne 0) { throw "The child ended with $LASTEXITCODE`: $($out -join "`n")" }
    if ($Json) { $out -join "`n" | ConvertFrom-Json } else { $out }
}
