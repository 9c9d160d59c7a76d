BeforeDiscovery {
    # A case for every cmdlet that changes something; that there is one for each is a test of its own.
    $cases = @(
        @{ Cmdlet = 'Register-App'; Script = { Register-App $other -WhatIf } }
        @{ Cmdlet = 'Register-App'; Script = { Register-App $other -Force -WhatIf } }
        @{ Cmdlet = 'Unregister-App'; Script = { Unregister-App notes -WhatIf } }
        @{ Cmdlet = 'Invoke-AppUpdate'; Script = { Invoke-AppUpdate notes -WhatIf } }
        @{ Cmdlet = 'Invoke-AppUpdate'; Script = { Invoke-AppUpdate notes -Force -WhatIf -PassThru } }
        @{ Cmdlet = 'Invoke-AppUpdate'; Script = { Get-AppUpdatePlan notes | Invoke-AppUpdate -WhatIf } }
        @{ Cmdlet = 'Undo-AppUpdate'; Script = { Undo-AppUpdate notes -WhatIf } }
        @{ Cmdlet = 'Undo-AppUpdate'; Script = { Undo-AppUpdate notes -Data Restore -Force -WhatIf } }
        @{ Cmdlet = 'Resume-AppUpdate'; Script = { Resume-AppUpdate notes -WhatIf } }
        @{ Cmdlet = 'Resume-AppUpdate'; Script = { Resume-AppUpdate notes -Force -WhatIf } }
        @{ Cmdlet = 'Backup-App'; Script = { Backup-App notes -WhatIf } }
        @{ Cmdlet = 'Test-AppBackup'; Script = { Get-AppBackup notes | Test-AppBackup -WhatIf } }
        @{ Cmdlet = 'Restore-AppBackup'; Script = { Restore-AppBackup notes -WhatIf } }
        @{ Cmdlet = 'Restore-AppBackup'; Script = { Restore-AppBackup notes -Force -WhatIf -PassThru } }
        @{ Cmdlet = 'Restore-AppBackup'; Script = { Restore-AppBackup notes -As look -Force -WhatIf -PassThru } }
        @{ Cmdlet = 'Remove-AppBackup'; Script = { Get-AppBackup notes | Remove-AppBackup -Force -WhatIf } }
        @{ Cmdlet = 'Remove-AppBackup'; Script = { Remove-AppBackup notes -Expired -WhatIf -PassThru -ErrorAction SilentlyContinue } }
        @{ Cmdlet = 'Test-App'; Script = { Test-App notes -WhatIf -ErrorAction SilentlyContinue } }
        @{ Cmdlet = 'Test-AppUpdate'; Script = { Test-AppUpdate notes -Rehearse -WhatIf -ErrorAction SilentlyContinue } }
        @{ Cmdlet = 'Invoke-AppMigration'; Script = { Invoke-AppMigration notes -WhatIf -PassThru -ErrorAction SilentlyContinue } }
        @{ Cmdlet = 'Undo-AppMigration'; Script = { Undo-AppMigration notes -WhatIf -PassThru -ErrorAction SilentlyContinue } }
        @{ Cmdlet = 'Unlock-App'; Script = { Unlock-App notes -WhatIf } }
        @{ Cmdlet = 'Unblock-AppRelease'; Script = { Unblock-AppRelease notes 9.9.9 -WhatIf -ErrorAction SilentlyContinue } }
        @{ Cmdlet = 'Unlock-App'; Script = { Unlock-App notes -Force -WhatIf } }
    )
    # What only looks may not write either.
    $looking = @(
        { Get-App }, { Get-AppStatus }, { Get-AppRelease notes }, { Get-AppHealth notes }, { Wait-AppHealth notes -Timeout 0 }, { Get-AppHistory notes }
        { Get-AppBackup notes }, { Get-AppLock notes }, { Get-AppLog notes }, { Get-AppMigration notes -ErrorAction SilentlyContinue }, { Get-AppUpdatePlan notes }, { Test-AppUpdate notes }
    ) | ForEach-Object { @{ Script = $_ } }
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    . $PSScriptRoot/Recorders.ps1
    . $PSScriptRoot/Locks.ps1
    Import-Module $Manifest
    Import-Module $TestCmdlets
    $recorders = Start-Recorders (Join-Path ([IO.Path]::GetTempPath()) "upgradeops-recorders-$PID")
    $sandbox = New-Sandbox -Versions 1.0.0, 1.1.0, 1.2.0 -Running
    $null = Invoke-AppUpdate notes -Version 1.1.0 -ErrorAction Stop
    $null = Add-Note $sandbox 'a note'
    $null = Backup-App notes -ErrorAction Stop
    $other = Join-Path $sandbox.Folder 'other.yaml'
    (Get-Content $sandbox.Definition -Raw).Replace('name: notes', 'name: other') | Set-Content $other
}

AfterAll {
    Remove-Sandbox $sandbox
    Stop-Recorders $recorders
}

Describe 'The recorders' {
    It 'see a file that is written and removed again' {
        $seen = Watch-Machine $recorders $sandbox.Folder { Set-Content "$($sandbox.Folder)/x" 1; Remove-Item "$($sandbox.Folder)/x" }
        $seen.Files | Should -Not -BeNullOrEmpty
    }

    It 'see what a real backup does' {
        $seen = Watch-Machine $recorders $sandbox.Folder { Backup-App notes }
        $seen.Error | Should -BeNullOrEmpty
        $seen.Files | Should -Not -BeNullOrEmpty
    }

    It 'see what a real update does: files and programs' {
        $seen = Watch-Machine $recorders $sandbox.Folder { Invoke-AppUpdate notes; Undo-AppUpdate notes }
        $seen.Output.Status | Should -Be 'Kept', 'Kept'
        $seen.Files | Should -Not -BeNullOrEmpty
        $seen.Programs | Should -Not -BeNullOrEmpty
    }

    It 'see a request that is more than a question' {
        (Watch-Machine $recorders $sandbox.Folder { Add-Note $sandbox 'another' }).Writes | Should -BeLike 'POST *'
    }
}

Describe 'Under -WhatIf' {
    It 'there is a case for every cmdlet that changes something' -TestCases @(@{ Covered = $cases.Cmdlet }) {
        $changing = (Get-Command -Module UpgradeOps | Where-Object { $_.Parameters.ContainsKey('WhatIf') }).Name
        $Covered | Sort-Object -Unique | Should -Be ($changing | Sort-Object)
    }

    It '{<Script>} writes nothing' -ForEach $cases {
        $seen = Watch-Machine $recorders $sandbox.Folder $Script
        $seen.Files | Should -BeNullOrEmpty
        $seen.Writes | Should -BeNullOrEmpty
        $seen.Programs | Should -BeNullOrEmpty
    }

    It '{<Script>} writes nothing when the session prefers it' -ForEach $cases {
        $quiet = [scriptblock]::Create("$Script".Replace(' -WhatIf', ''))
        $seen = Watch-Machine $recorders $sandbox.Folder { $WhatIfPreference = $true; & $quiet }
        $seen.Files | Should -BeNullOrEmpty
        $seen.Writes | Should -BeNullOrEmpty
        $seen.Programs | Should -BeNullOrEmpty
    }
}

Describe 'What only looks' {
    It '{<Script>} writes nothing' -ForEach $looking {
        $seen = Watch-Machine $recorders $sandbox.Folder $Script
        $seen.Error | Should -BeNullOrEmpty
        $seen.Files | Should -BeNullOrEmpty
        $seen.Writes | Should -BeNullOrEmpty
        $seen.Programs | Should -BeNullOrEmpty
    }
}

Describe 'With a dead owner''s lock and an operation that did not end' {
    BeforeAll {
        $owner = Start-Owner $sandbox
        $clock = [Diagnostics.Stopwatch]::StartNew()
        while (-not (Get-AppStatus notes).PendingOperation -and $clock.Elapsed.TotalSeconds -lt 60) { Start-Sleep -Milliseconds 50 }
        Stop-Owner $owner
        (Get-AppStatus notes).PendingOperation | Should -Not -BeNullOrEmpty
        (Get-AppLock notes).OwnerAlive | Should -BeFalse
    }

    It '{<Script>} writes nothing' -ForEach $cases {
        $seen = Watch-Machine $recorders $sandbox.Folder $Script
        $seen.Files | Should -BeNullOrEmpty
        $seen.Writes | Should -BeNullOrEmpty
        $seen.Programs | Should -BeNullOrEmpty
    }
}
