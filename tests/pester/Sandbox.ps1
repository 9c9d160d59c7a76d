# A small real application (samples/notes) under the platform service, in a folder of its own, with registration and state beside it.
$SandboxParent = [IO.Path]::GetTempPath()

function New-Sandbox {
    param(
        [string] $Name = 'notes',
        [string[]] $Versions = @('1.0.0', '1.1.0'),
        # Versions whose health answers 503.
        [string[]] $Sick = @(),
        # Starts the first version.
        [switch] $Running
    )
    $built = Join-Path $Repository 'samples' 'notes' 'bin' $Configuration 'net10.0'
    if (-not (Test-Path $built)) { throw "Build first: $built is not there." }

    $folder = Join-Path $SandboxParent "upgradeops-pester-$([guid]::NewGuid().ToString('N').Substring(0, 12))"
    $sandbox = [pscustomobject] @{
        Name       = $Name
        Folder     = $folder
        App        = Join-Path $folder 'app'
        Incoming   = Join-Path $folder 'incoming'
        Definition = Join-Path $folder "$Name.yaml"
        Port       = Get-FreePort
    }
    foreach ($sub in 'app', 'app/shared', 'app/shared/data', 'incoming', 'config', 'state') { $null = New-Item -ItemType Directory (Join-Path $folder $sub) }
    $env:UPGRADEOPS_CONFIG = Join-Path $folder 'config'
    $env:UPGRADEOPS_STATE = Join-Path $folder 'state'
    foreach ($version in $Versions) { Publish-Release $sandbox $version -Sick:($version -in $Sick) }
    @"
schema: upgradeops/v1
name: $Name
platform:
  service:
    directory: $($sandbox.App)
    supervisor: process
    command: [./Notes, --listen, "127.0.0.1:$($sandbox.Port)"]
    environment: { NOTES_DATA: $($sandbox.App)/shared/data, DOTNET_EnableDiagnostics: "0" }
    stopTimeout: 5s
releases:
  folder: $($sandbox.Incoming)
health:
  - http: http://127.0.0.1:$($sandbox.Port)/health
    version: version
healthTimeout: 6s
backups:
  - folder: shared/data
"@ | Set-Content $sandbox.Definition
    if ($Running) {
        $null = Register-App $sandbox.Definition
        Start-FirstVersion $sandbox $Versions[0]
    }
    $sandbox
}

function Publish-Release($Sandbox, [string] $Version, [switch] $Sick) {
    $built = Join-Path $Repository 'samples' 'notes' 'bin' $Configuration 'net10.0'
    $target = Join-Path $Sandbox.Incoming $Version
    Copy-Item $built $target -Recurse
    @{ version = $Version; healthStatus = $Sick ? 503 : 200 } | ConvertTo-Json -Compress | Set-Content (Join-Path $target 'release.json')
}

# An installation that somebody made before UpgradeOps came: release folder, link, and a process that its supervisor knows again.
function Start-FirstVersion($Sandbox, [string] $Version) {
    $release = Join-Path $Sandbox.App 'releases' $Version
    foreach ($sub in 'releases', 'run', 'log') { $null = New-Item -ItemType Directory (Join-Path $Sandbox.App $sub) }
    Copy-Item (Join-Path $Sandbox.Incoming $Version) $release -Recurse
    $null = New-Item -ItemType SymbolicLink (Join-Path $Sandbox.App 'current') -Target $release
    $start = @'
cd "$1/releases/$2" || exit 1
printf 'pid=%s\nstart=%s\nboot=%s\nrelease=%s\n' "$$" "$(cut -d' ' -f22 "/proc/$$/stat")" "$(cat /proc/sys/kernel/random/boot_id)" "$PWD" >"$1/run/app.pid"
NOTES_DATA="$1/shared/data" exec ./Notes --listen "127.0.0.1:$3"
'@
    $starter = [Diagnostics.ProcessStartInfo]::new('setsid')
    foreach ($argument in '--fork', 'sh', '-c', "exec </dev/null >>'$($Sandbox.App)/log/app.log' 2>&1`n$start", 'sh', $Sandbox.App, $Version, $Sandbox.Port) { $starter.ArgumentList.Add($argument) }
    [Diagnostics.Process]::Start($starter).WaitForExit()
    $report = Wait-AppHealth $Sandbox.Name -Timeout 60 -ErrorAction Ignore
    if (-not $report.Healthy) { throw "The first version does not run: $($report.Reason)" }
}

function Remove-Sandbox($Sandbox) {
    if (-not $Sandbox) { return }
    Stop-App $Sandbox
    Remove-Item $Sandbox.Folder -Recurse -Force
    Remove-Item Env:UPGRADEOPS_CONFIG, Env:UPGRADEOPS_STATE
}

# Ends exactly the process that the sandbox's pid file names.
function Stop-App($Sandbox) {
    $pidFile = Join-Path $Sandbox.App 'run' 'app.pid'
    if (-not (Test-Path $pidFile)) { return }
    $number = (Get-Content $pidFile | Select-String '^pid=(\d+)').Matches.Groups[1].Value
    $process = Get-Process -Id $number -ErrorAction SilentlyContinue
    if ($process -and $process.ProcessName -eq 'Notes') { $process.Kill($true); $process.WaitForExit() }
}

function Add-Note($Sandbox, [string] $Text) {
    (Invoke-RestMethod "http://127.0.0.1:$($Sandbox.Port)/notes" -Method Post -Body $Text).count
}

function Get-NoteCount($Sandbox) { (Invoke-RestMethod "http://127.0.0.1:$($Sandbox.Port)/notes/count").count }

function Get-ServedVersion($Sandbox) {
    (Invoke-RestMethod "http://127.0.0.1:$($Sandbox.Port)/health" -SkipHttpErrorCheck).version
}

function Get-FreePort {
    $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $listener.Start()
    try { $listener.LocalEndpoint.Port } finally { $listener.Stop() }
}
