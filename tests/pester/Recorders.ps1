# What a cmdlet does to the machine, seen from outside: files (kernel events and content), HTTP (a proxy, and a double before
# the Docker socket), processes (programs of the same names earlier on the PATH). None of it is ours to fake.

# Must run before anything in this process asks for its proxy.
function Start-Recorders([string] $Folder) {
    $null = New-Item -ItemType Directory $Folder, "$Folder/bin", "$Folder/tmp"
    $proxy = [UpgradeOps.TestCmdlets.Recording.HttpRecorder]::AsProxy()
    $saved = @{}
    foreach ($name in 'PATH', 'http_proxy', 'DOCKER_HOST', 'TMPDIR', 'DOTNET_EnableDiagnostics') { $saved[$name] = [Environment]::GetEnvironmentVariable($name) }

    $socket = ($env:DOCKER_HOST ?? 'unix:///var/run/docker.sock') -replace '^unix://'
    $docker = $null
    if (Test-Path $socket) {
        $docker = [UpgradeOps.TestCmdlets.Recording.HttpRecorder]::BeforeSocket("$Folder/docker.sock", $socket)
        $env:DOCKER_HOST = "unix://$Folder/docker.sock"
    }
    $env:http_proxy = "http://127.0.0.1:$($proxy.Port)"
    $env:TMPDIR = "$Folder/tmp"
    # Else every program of .NET opens its debugger's pipes there.
    $env:DOTNET_EnableDiagnostics = '0'

    foreach ($program in 'sh', 'bash', 'setsid', 'docker', 'tar', 'gzip', 'cp', 'mv', 'rm', 'ln', 'kill', 'systemctl', 'pg_dump', 'pg_restore', 'psql', 'mysql', 'mariadb', 'mariadb-dump', 'mysqldump') {
        $real = Get-Command $program -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
        if (-not $real) { continue }
        # One line a call: the arguments as they came, line ends shown.
        @"
#!$((Get-Command sh -CommandType Application)[0].Source)
line=$program
for argument; do line="`$line|`$argument"; done
printf '%s\n' "`$line" | tr '\n' ' ' >>'$Folder/calls'
printf '\n' >>'$Folder/calls'
exec '$($real.Source)' "`$@"
"@ | Set-Content "$Folder/bin/$program"
        chmod 755 "$Folder/bin/$program"
    }
    $env:PATH = "$Folder/bin:$env:PATH"
    [pscustomobject] @{ Folder = $Folder; Proxy = $proxy; Docker = $docker; Saved = $saved; Files = @() }
}

function Stop-Recorders($Recorders) {
    foreach ($name in $Recorders.Saved.Keys) { [Environment]::SetEnvironmentVariable($name, $Recorders.Saved[$name]) }
    $Recorders.Proxy.Dispose()
    if ($Recorders.Docker) { $Recorders.Docker.Dispose() }
    Remove-Item $Recorders.Folder -Recurse -Force
}

# Runs a script and says what it did: files below the folders, requests that are more than questions, programs that are more than questions.
function Watch-Machine($Recorders, [string[]] $Folders, [scriptblock] $Script) {
    $Recorders.Proxy.Requests.Clear()
    if ($Recorders.Docker) { $Recorders.Docker.Requests.Clear() }
    Remove-Item "$($Recorders.Folder)/calls" -ErrorAction SilentlyContinue
    $files = foreach ($folder in @($Folders) + "$($Recorders.Folder)/tmp") { [UpgradeOps.TestCmdlets.Recording.FileRecorder]::new($folder) }
    $output = @(); $problem = $null
    try { $output = & $Script } catch { $problem = $_ }
    $changes = foreach ($recorder in $files) { $recorder.Changes(); $recorder.Dispose() }
    $requests = @($Recorders.Proxy.Requests) + @(if ($Recorders.Docker) { $Recorders.Docker.Requests })
    $calls = if (Test-Path "$($Recorders.Folder)/calls") { Get-Content "$($Recorders.Folder)/calls" }
    [pscustomobject] @{
        Output   = @($output)
        Error    = $problem
        Files    = @($changes)
        Requests = $requests
        Calls    = @($calls)
        Writes   = @($requests | Where-Object { -not $_.OnlyAsks } | ForEach-Object { "$_" })
        Programs = @($calls | Where-Object { $_ -and $_ -notmatch $HarmlessCall })
    }
}

# Programs that only answer a question.
$HarmlessCall = '^(setsid\|\S*/)?sh\|-c\|(command -v -- |\[ -d )|^(setsid\|\S*/)?docker\|(compose\|(version\b|.*\|config\b)|version\b|.*cli-plugins?-metadata)'
