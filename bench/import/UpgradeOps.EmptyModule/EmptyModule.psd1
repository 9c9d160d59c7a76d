@{
    RootModule        = 'EmptyModule.dll'
    ModuleVersion     = '1.0.0'
    GUID              = '7d1b9e58-6f8f-4c0a-9d0b-4a4f6b7f5e21'
    PowerShellVersion = '7.4'
    CmdletsToExport   = @('Get-Nothing')
    FunctionsToExport = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
