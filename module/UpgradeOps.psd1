@{
    RootModule           = 'UpgradeOps.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '7a5e7638-567b-42d1-b21f-3a58ea3ec8d9'
    Author               = 'UpgradeOps contributors'
    CompanyName          = 'UpgradeOps contributors'
    Copyright            = 'UpgradeOps contributors. MIT licence.'
    Description          = 'Upgrades, rolls back, backs up and restores self-hosted applications. An update is a transaction: planned, backed up, journaled, verified, then kept or undone, even when it is killed in the middle.'
    CompatiblePSEditions = @('Core')
    PowerShellVersion    = '7.4'
    RequiredAssemblies   = @('UpgradeOps.Model.dll')
    TypesToProcess       = @('UpgradeOps.types.ps1xml')
    FormatsToProcess     = @('UpgradeOps.format.ps1xml')
    CmdletsToExport      = @(
        'Backup-App'
        'Get-App'
        'Get-AppBackup'
        'Get-AppHealth'
        'Get-AppHistory'
        'Get-AppLock'
        'Get-AppLog'
        'Get-AppMigration'
        'Get-AppRelease'
        'Get-AppStatus'
        'Get-AppUpdatePlan'
        'Invoke-AppMigration'
        'Invoke-AppUpdate'
        'Register-App'
        'Remove-AppBackup'
        'Restore-AppBackup'
        'Resume-AppUpdate'
        'Test-App'
        'Test-AppBackup'
        'Test-AppUpdate'
        'Unblock-AppRelease'
        'Undo-AppMigration'
        'Undo-AppUpdate'
        'Unlock-App'
        'Unregister-App'
        'Wait-AppHealth'
    )
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    DscResourcesToExport = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('Upgrade', 'Update', 'Rollback', 'Backup', 'Restore', 'Docker', 'Compose', 'SelfHosted', 'DevOps', 'PSEdition_Core', 'Linux', 'Windows')
            LicenseUri   = 'https://opensource.org/license/mit'
            ProjectUri   = 'https://github.com/upgradeops/upgradeops'
            ReleaseNotes = 'First slice: one application, on Docker Compose or as release folders, updated as a journaled transaction.'
        }
    }
}
