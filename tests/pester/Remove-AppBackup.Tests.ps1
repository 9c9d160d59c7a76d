BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Running
    $null = Add-Note $sandbox "kept"
    $backups = 1..4 | ForEach-Object { Backup-App notes -ErrorAction Stop }
    $pinned = Backup-App notes -Keep -ErrorAction Stop
    $newest = Backup-App notes -ErrorAction Stop
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Remove-AppBackup' {
    It 'removes the one that is named, and says so when asked' {
        $removed = Remove-AppBackup notes $backups[0].BackupId -Confirm:$false -PassThru -ErrorAction Stop
        $removed.BackupId | Should -Be $backups[0].BackupId
        (Get-AppBackup notes).BackupId | Should -Not -Contain $backups[0].BackupId
        Test-Path $backups[0].Location | Should -BeFalse
    }

    It 'takes backups from the pipeline' {
        Get-AppBackup notes $backups[1].BackupId | Remove-AppBackup -Confirm:$false -ErrorAction Stop | Should -BeNullOrEmpty
        (Get-AppBackup notes).BackupId | Should -Not -Contain $backups[1].BackupId
    }

    It 'keeps one that something relies on, unless forced' {
        Remove-AppBackup notes $pinned.BackupId -Confirm:$false -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Backups.Needed,*'
        "$($failed[0])" | Should -BeLike '*pinned by a person*'
        Remove-AppBackup notes $newest.BackupId -Confirm:$false -ErrorVariable failed -ErrorAction SilentlyContinue
        "$($failed[0])" | Should -BeLike '*the newest that is proved*'
        (Get-AppBackup notes).BackupId | Should -Contain $newest.BackupId
    }

    It 'says that nothing expires where nothing is declared' {
        { Remove-AppBackup notes -Expired -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Backups.RetentionNotDeclared,*'
    }

    It 'tells of a backup that is not there' {
        { Remove-AppBackup notes nothing -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Backups.NotFound,*'
    }

    It 'refuses where nobody can be asked' {
        Remove-AppBackup notes $backups[2].BackupId -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Confirmation.Needed,*'
        (Get-AppBackup notes).BackupId | Should -Contain $backups[2].BackupId
    }

    Context 'with retention' {
        BeforeAll {
            Add-Content $sandbox.Definition 'retention: { last: 2 }'
        }

        It 'explains each decision under -WhatIf and removes nothing' {
            $judged = Remove-AppBackup notes -Expired -WhatIf -PassThru
            $judged.Count | Should -Be 4
            ($judged | Where-Object BackupId -EQ $backups[2].BackupId).Retention.Expired | Should -BeTrue
            ($judged | Where-Object BackupId -EQ $newest.BackupId).Retention.Reasons | Should -Contain 'one of the last 2'
            @(Get-AppBackup notes).Count | Should -Be 4
        }

        It 'shows in Get-AppBackup what it says' {
            $shown = Get-AppBackup notes
            ($shown | Where-Object BackupId -EQ $backups[3].BackupId).Retention.Expired | Should -BeTrue
            ($shown | Where-Object BackupId -EQ $pinned.BackupId).Retention.Reasons | Should -Contain 'pinned by a person'
            ($shown | Out-String -Width 100) | Should -Match 'expired'
        }

        It 'removes what has expired, for each application of the pipeline' {
            $removed = Get-App | Remove-AppBackup -Expired -Confirm:$false -PassThru -ErrorAction Stop
            $removed.BackupId | Sort-Object | Should -Be ($backups[2, 3].BackupId | Sort-Object)
            (Get-AppBackup notes).BackupId | Should -Be $newest.BackupId, $pinned.BackupId
            Remove-AppBackup notes -Expired -PassThru -ErrorAction Stop | Should -BeNullOrEmpty
        }

        It 'is applied when a backup is made, and after an update, whose own backup stays for the way back' {
            $more = 1..2 | ForEach-Object { Backup-App notes -ErrorAction Stop }
            (Get-AppBackup notes).BackupId | Should -Be $more[1].BackupId, $more[0].BackupId, $pinned.BackupId
            $update = Invoke-AppUpdate notes -ErrorAction Stop
            (Get-AppBackup notes).BackupId | Should -Be $update.BackupIds[0], $more[1].BackupId, $pinned.BackupId
            $last = 1..3 | ForEach-Object { Backup-App notes -ErrorAction Stop }
            (Get-AppBackup notes).BackupId | Should -Be $last[2].BackupId, $last[1].BackupId, $update.BackupIds[0], $pinned.BackupId
            (Get-AppBackup notes $update.BackupIds[0]).Retention.Reasons | Should -Contain "needed to take back operation $($update.OperationId)"
        }
    }
}
