BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
}

Describe 'Restore-AppBackup' {
    BeforeEach {
        $sandbox = New-Sandbox -Running
        $null = Add-Note $sandbox 'in the backup'
        $backup = Backup-App notes -ErrorAction Stop
        $null = Add-Note $sandbox 'written since'
    }

    AfterEach {
        Remove-Sandbox $sandbox
    }

    It 'restores with -Force, and keeps aside what was live' {
        $result = $backup | Restore-AppBackup -Force -ErrorAction Stop
        $result | Should -BeOfType UpgradeOps.RestoreResult
        $result.Status | Should -Be 'Kept'
        Get-NoteCount $sandbox | Should -Be 1
        $result.SafetyBackupId ?? $result.KeptAside | Should -Not -BeNullOrEmpty
    }

    It 'refuses, and changes nothing, where nobody can be asked' {
        $found = Invoke-Fresh @"
            Import-Module `$Manifest
            try { Restore-AppBackup notes -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId; `$_.ErrorDetails.RecommendedAction }
"@
        $found[0] | Should -BeLike 'UpgradeOps.Confirmation.Needed,*'
        $found[1] | Should -BeLike '*-Force*'
        Get-NoteCount $sandbox | Should -Be 2
    }

    It 'takes -Confirm:$false for yes to going on, not for yes to losing sight of what was written since' {
        $result = Restore-AppBackup notes -Confirm:$false -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Backups.RestoreNeedsConsent,*'
        Get-NoteCount $sandbox | Should -Be 2
    }

    It 'tells each step under -WhatIf, also with -Force, and does none' {
        $plan = Restore-AppBackup notes -Force -WhatIf -PassThru
        $plan | Should -BeOfType UpgradeOps.UpdatePlan
        $plan.Kind | Should -Be 'Restore'
        Get-NoteCount $sandbox | Should -Be 2
    }

    It 'does not take the path of an application for a dump' {
        (Get-App | Restore-AppBackup -WhatIf -PassThru).Kind | Should -Be 'Restore'
    }

    It 'restores beside for a look with -As, touches nothing live, and says how to remove it' -Skip:(-not $IsLinux) {
        $result = Restore-AppBackup notes -As look -Confirm:$false -ErrorAction Stop
        $result.Status | Should -Be 'Kept'
        $result.SafetyBackupId | Should -BeNullOrEmpty
        $beside = $result.KeptAside
        $beside.Name | Should -Be "$($sandbox.App)/shared/data-look"
        Get-ChildItem $beside.Name | Should -Not -BeNullOrEmpty
        Get-NoteCount $sandbox | Should -Be 2
        $null = Restore-AppBackup notes -As look -Confirm:$false -ErrorVariable failed -ErrorAction SilentlyContinue
        "$($failed[0])" | Should -BeLike '*already*'
        Test-Path $beside.Name | Should -BeTrue
        sh -c $beside.RemoveCommand
        Test-Path $beside.Name | Should -BeFalse
        { Restore-AppBackup notes -As '../x' -Confirm:$false -ErrorAction Stop } | Should -Throw '*cannot be put behind*'
    }

    It 'unpacks an archive of files that tar made' -Skip:(-not $IsLinux) {
        $archive = Join-Path $sandbox.Folder 'files_backup.tar.gz'
        tar czf $archive -C "$($sandbox.App)/shared/data" .
        $null = Add-Note $sandbox 'after the archive'
        $result = Restore-AppBackup notes -Path $archive -Source folder:shared/data -Force -ErrorAction Stop
        $result.Status | Should -Be 'Kept'
        Get-NoteCount $sandbox | Should -Be 2
        $result.KeptAside.Kind | Should -Be 'folder'
    }

    It 'tells of a backup that is not there' {
        { Restore-AppBackup notes nothing -Force -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Backups.NotFound,*'
    }
}
