BeforeDiscovery {
    $moto = $env:UPGRADEOPS_MOTO ?? '/opt/upgradeops-moto/moto_server'
    $missing = -not (Test-Path $moto)
    if ($missing -and "$env:UPGRADEOPS_REQUIRE" -match '(^|,) *s3 *(,|$)') { throw "UPGRADEOPS_REQUIRE names s3, but $moto is not there." }
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $moto = $env:UPGRADEOPS_MOTO ?? '/opt/upgradeops-moto/moto_server'
    $env:AWS_ACCESS_KEY_ID = 'AKIATEST'
    $env:AWS_SECRET_ACCESS_KEY = 'pester-secret'
}

AfterAll {
    Remove-Item Env:AWS_ACCESS_KEY_ID, Env:AWS_SECRET_ACCESS_KEY
}

Describe 'The cloud SDK' {
    It 'is loaded when a definition names a bucket, and not before' {
        $path = Join-Path $TestDrive 'app.yaml'
        $plain = @"
schema: upgradeops/v1
name: app
platform: { service: { directory: $TestDrive, command: [run] } }
releases: { folder: $TestDrive }
"@
        Set-Content $path $plain
        Set-Content "$TestDrive/bucket.yaml" "$plain`nstore: { s3: { bucket: none, endpoint: 'http://127.0.0.1:9' } }"
        $seen = Invoke-Fresh -Json @"
            function Find-Sdk { @([Runtime.Loader.AssemblyLoadContext]::All.Assemblies | Where-Object { `$_.GetName().Name -like 'AWSSDK*' }).Count }
            `$env:UPGRADEOPS_STATE = '$TestDrive/state'
            Import-Module `$Manifest
            `$import = Find-Sdk
            `$null = Get-AppBackup $path
            `$without = Find-Sdk
            `$null = Get-AppStatus $TestDrive/bucket.yaml -ErrorAction Ignore
            `$status = Find-Sdk
            `$null = Get-AppBackup $TestDrive/bucket.yaml -WarningVariable warning -WarningAction SilentlyContinue
            ConvertTo-Json -Compress @{ Import = `$import; Without = `$without; Status = `$status; With = Find-Sdk; Warning = "`$warning" }
"@
        $seen.Import | Should -Be 0
        $seen.Without | Should -Be 0
        $seen.Status | Should -Be 0
        $seen.With | Should -Be 2
        $seen.Warning | Should -BeLike '*s3://none at http://127.0.0.1:9 does not answer*'
    }
}

Describe 'A bucket' -Skip:$missing {
    BeforeAll {
        $port = Get-FreePort
        $server = Start-Process $moto -ArgumentList '-H', '127.0.0.1', '-p', $port -PassThru -RedirectStandardOutput "$TestDrive/moto.out" -RedirectStandardError "$TestDrive/moto.err"
        $deadline = [DateTime]::UtcNow.AddSeconds(90)
        do {
            Start-Sleep -Milliseconds 200
            $ready = try { (Invoke-WebRequest "http://127.0.0.1:$port/moto-api/data.json").StatusCode -eq 200 } catch { $false }
        } until ($ready -or [DateTime]::UtcNow -gt $deadline)
        $null = Invoke-WebRequest "http://127.0.0.1:$port/backups" -Method Put
        $sandbox = New-Sandbox -Running
        Add-Content $sandbox.Definition "store: { s3: { bucket: backups, prefix: night, endpoint: 'http://127.0.0.1:$port' } }"
        $null = Register-App $sandbox.Definition -Force
        $null = Add-Note $sandbox 'kept'
        $backup = Backup-App notes
    }

    AfterAll {
        Remove-Sandbox $sandbox
        if ($server) { $server.Kill($true); $server.WaitForExit() }
    }

    It 'has the backup, and the local folder too' {
        $backup.Stores | Should -Be 'local', 's3'
        (Get-AppBackup notes).Stores | Should -Be 'local', 's3'
    }

    It 'brings it back when the folder is gone' {
        Remove-Item $backup.Location -Recurse -Force
        (Get-AppBackup notes).Stores | Should -Be 's3'
        (Get-AppBackup notes).Location | Should -Be "s3://backups/night/notes/$($backup.BackupId)"
        $null = Add-Note $sandbox 'newer'
        Get-NoteCount $sandbox | Should -Be 2
        $result = Restore-AppBackup notes $backup.BackupId -Force
        $result.Status | Should -Be 'Kept'
        Get-NoteCount $sandbox | Should -Be 1
        (Get-AppBackup notes $backup.BackupId).Stores | Should -Be 'local', 's3'
    }

    It 'proves what only it has' {
        Remove-Item (Get-AppBackup notes $backup.BackupId).Location -Recurse -Force
        (Test-AppBackup notes $backup.BackupId -Level Structure).Proof.Level | Should -Be 'Structure'
    }

    It 'has nothing of the secret in state or messages' {
        Get-ChildItem $env:UPGRADEOPS_STATE -Recurse -File | Select-String 'pester-secret' | Should -BeNullOrEmpty
    }
}
