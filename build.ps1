<#
.SYNOPSIS
Builds, tests or packs the module. A thin layer over dotnet: what it does can be typed by hand.
.PARAMETER Task
Build lays out out/UpgradeOps. Test builds, then runs dotnet test and Pester. Pack builds for release and makes out/UpgradeOps.<version>.zip.
.EXAMPLE
./build.ps1
.EXAMPLE
./build.ps1 Test
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Pack')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = $Task -eq 'Pack' ? 'Release' : 'Debug'
)

$ErrorActionPreference = 'Stop'
$solution = Join-Path $PSScriptRoot 'UpgradeOps.sln'
$module = Join-Path $PSScriptRoot 'out' 'UpgradeOps'

function Invoke-Checked([scriptblock] $Command) {
    & $Command
    if ($LASTEXITCODE -ne 0) { throw "Ended with exit code $LASTEXITCODE`: $Command" }
}

Invoke-Checked { dotnet build $solution --configuration $Configuration --nologo }

switch ($Task) {
    'Test' {
        Invoke-Checked { dotnet test $solution --configuration $Configuration --no-build --nologo }
        Invoke-Checked { & ([Environment]::ProcessPath) -NoProfile -NonInteractive -File (Join-Path $PSScriptRoot 'tests' 'pester' 'Run.ps1') -Configuration $Configuration }
    }
    'Pack' {
        $version = (Import-PowerShellDataFile (Join-Path $module 'UpgradeOps.psd1')).ModuleVersion
        $package = Join-Path $PSScriptRoot 'out' "UpgradeOps.$version.zip"
        Compress-Archive -Path $module -DestinationPath $package -Force
        Get-Item $package
    }
}
