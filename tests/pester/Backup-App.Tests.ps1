BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Running
    $null = Add-Note $sandbox "kept"
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Backup-App' {
    It 'makes a complete backup' {
        $backup = Backup-App notes
        $backup | Should -BeOfType UpgradeOps.Backup
        $backup.Name | Should -Be 'notes'
        $backup.RunningVersion | Should -Be '1.0.0'
        $backup.Files | Should -Not -BeNullOrEmpty
        $backup.RestoreCommands | Should -Not -BeNullOrEmpty
        (Get-AppBackup notes).BackupId | Should -Contain $backup.BackupId
    }

    It 'takes applications from the pipeline' {
        (Get-App | Backup-App).Name | Should -Be 'notes'
    }

    It 'makes none under -WhatIf' {
        $before = @(Get-AppBackup notes).Count
        Backup-App notes -WhatIf | Should -BeNullOrEmpty
        @(Get-AppBackup notes).Count | Should -Be $before
    }

    It 'tells of an application that is not registered' {
        { Backup-App nobody -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Apps.Unknown,*'
    }
}
