# Builds the module and runs all Pester files, each in a fresh pwsh; writes "passed failed skipped" and the names of what failed into the given file.
param([Parameter(Mandatory)][string] $CountFile)

$ErrorActionPreference = 'Stop'
$root = Split-Path $PSScriptRoot
& "$root/build.ps1"
& "$root/tests/pester/Run.ps1" -CountFile $CountFile
exit $LASTEXITCODE
