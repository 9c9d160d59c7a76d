BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Running
    $null = Add-Note $sandbox "kept"
    $backup = Backup-App notes
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Test-AppBackup' {
    It 'proves a backup to the <_> and records it' -ForEach 'Checksum', 'Structure', 'Restore' {
        $proved = $backup | Test-AppBackup -Level $_
        $proved.Proof.Level | Should -Be $_
        (Get-AppBackup notes $backup.BackupId).Proof.Level | Should -Be $_
    }

    It 'touches nothing that is live' {
        Get-NoteCount $sandbox | Should -Be 1
        Get-ServedVersion $sandbox | Should -Be '1.0.0'
    }

    It 'proves nothing under -WhatIf' {
        $fresh = Backup-App notes
        $fresh | Test-AppBackup -WhatIf | Should -BeNullOrEmpty
        (Get-AppBackup notes $fresh.BackupId).Proof.Level | Should -Be $fresh.Proof.Level
    }

    It 'finds a damaged file, and goes on with the others' {
        $good, $bad = (Backup-App notes), (Backup-App notes)
        $file = Get-ChildItem $bad.Location -File -Recurse | Where-Object Name -NE 'manifest.json' | Select-Object -First 1
        $bytes = [IO.File]::ReadAllBytes($file.FullName)
        $bytes[$bytes.Length / 2] = $bytes[$bytes.Length / 2] -bxor 1
        [IO.File]::WriteAllBytes($file.FullName, $bytes)
        $proved = $bad, $good | Test-AppBackup -Level Checksum -ErrorVariable failed -ErrorAction SilentlyContinue
        $proved.BackupId | Should -Be $good.BackupId
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Backups.Damaged,*'
        $failed[0].CategoryInfo.Category | Should -Be 'InvalidData'
    }

    It 'tells of a backup that is not there' {
        { Test-AppBackup notes nothing -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Backups.NotFound,*'
    }
}
