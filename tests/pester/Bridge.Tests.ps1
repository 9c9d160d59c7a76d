BeforeAll {
    . $PSScriptRoot/Common.ps1
}

Describe 'Load context' {
    It 'adds nothing to the default context but the module and its model' {
        $gained = Invoke-Fresh -Json @'
            $before = [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.Location
            Import-Module $Manifest
            try { Get-App } catch { $null = $_ }
            $after = [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.Location
            ConvertTo-Json -Compress @($after | Where-Object { $_ -notin $before -and $_ -notlike "$PSHOME*" })
'@
        $gained | Split-Path -Leaf | Sort-Object | Should -Be 'UpgradeOps.dll', 'UpgradeOps.Model.dll'
    }

    It 'holds the engine and its packages in a context of their own' {
        $own = Invoke-Fresh -Json @'
            Import-Module $Manifest
            try { Get-App } catch { $null = $_ }
            $context = [Runtime.Loader.AssemblyLoadContext]::All | Where-Object Name -eq 'UpgradeOps'
            ConvertTo-Json -Compress @($context.Assemblies.Location)
'@
        $own | Should -Contain (Join-Path $ModuleFolder 'deps' 'UpgradeOps.Engine.dll')
        $own | Where-Object { $_ -notlike "$ModuleFolder*deps*" } | Should -BeNullOrEmpty
    }

    It 'loads the database driver when a definition keeps its state in a database, and not before' {
        $path = Join-Path $TestDrive 'app.yaml'
        Set-Content $path @"
schema: upgradeops/v1
name: app
platform: { service: { directory: $TestDrive, command: [run] } }
releases: { folder: $TestDrive }
state: { postgresql: { address: 127.0.0.1, port: 9, database: d, user: u } }
"@
        $seen = Invoke-Fresh -Json @"
            function Find-Driver { [bool]([Runtime.Loader.AssemblyLoadContext]::All.Assemblies | Where-Object { `$_.GetName().Name -eq 'Npgsql' }) }
            Import-Module `$Manifest
            try { Get-App } catch { `$null = `$_ }
            `$before = Find-Driver
            try { Get-AppLock $path -ErrorAction Stop } catch { `$id = `$_.FullyQualifiedErrorId }
            ConvertTo-Json -Compress @{ Before = `$before; After = Find-Driver; Id = `$id }
"@
        $seen.Before | Should -BeFalse
        $seen.After | Should -BeTrue
        $seen.Id | Should -BeLike 'UpgradeOps.State.Unreachable*'
    }

    It 'has one model only, so that what the engine makes is what a script names' {
        $copies = Invoke-Fresh -Json @'
            Import-Module $Manifest
            try { Get-App } catch { $null = $_ }
            $all = [Runtime.Loader.AssemblyLoadContext]::All.Assemblies | Where-Object { $_.GetName().Name -eq 'UpgradeOps.Model' }
            ConvertTo-Json -Compress @{ Count = @($all).Count; Same = @($all)[0] -eq [UpgradeOps.App].Assembly }
'@
        $copies.Count | Should -Be 1
        $copies.Same | Should -BeTrue
    }

    It 'answers for the engine and for no other name' {
        $names = Invoke-Fresh -Json @'
            Import-Module $Manifest
            $found = foreach ($name in 'UpgradeOps.Engine', 'YamlDotNet', 'UpgradeOps.Engine.Tests', 'upgradeops.engine') {
                try { $null = [Reflection.Assembly]::Load($name); $name } catch [IO.FileNotFoundException] { $null = $_ }
            }
            ConvertTo-Json -Compress @($found)
'@
        $names | Should -Be 'UpgradeOps.Engine'
    }
}

Describe 'Import' {
    It 'works again with -Force' {
        Invoke-Fresh @'
            Import-Module $Manifest
            Import-Module $Manifest -Force
            $first = try { Get-App -Name nobody } catch { $_.FullyQualifiedErrorId }
            Import-Module $Manifest -Force
            $second = try { Get-App -Name nobody } catch { $_.FullyQualifiedErrorId }
            if ($first -ne $second) { throw "$first, $second" }
            $first
'@ | Should -BeLike 'UpgradeOps.*,UpgradeOps.PowerShell.Commands.GetAppCommand'
    }

    It 'works again after removal' {
        Invoke-Fresh @'
            Import-Module $Manifest
            Remove-Module UpgradeOps
            Import-Module $Manifest
            try { Get-App -Name nobody } catch { $_.FullyQualifiedErrorId }
'@ | Should -BeLike 'UpgradeOps.*'
    }

    It 'survives in one runspace its removal in another, before either used the engine' {
        Invoke-Fresh @'
            $one, $two = 1..2 | ForEach-Object {
                $shell = [PowerShell]::Create()
                $null = $shell.AddCommand('Import-Module').AddArgument($Manifest).Invoke()
                $shell.Commands.Clear()
                $shell
            }
            $null = $one.AddScript('Remove-Module UpgradeOps').Invoke()
            $two.AddScript('try { Get-App -Name nobody -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }').Invoke()
'@ | Should -BeLike 'UpgradeOps.*,UpgradeOps.PowerShell.Commands.GetAppCommand'
    }

    It 'hooks once, however many runspaces import it' {
        $hooks = Invoke-Fresh -Json @'
            Import-Module $Manifest
            1..3 | ForEach-Object { $null = [PowerShell]::Create().AddCommand('Import-Module').AddArgument($Manifest).Invoke() }
            $field = [Runtime.Loader.AssemblyLoadContext].GetField('_resolving', 'Instance,NonPublic')
            $ours = $field.GetValue([Runtime.Loader.AssemblyLoadContext]::Default).GetInvocationList() |
                Where-Object { $_.Method.DeclaringType.Assembly.GetName().Name -eq 'UpgradeOps' }
            @($ours).Count
'@
        $hooks | Should -Be 1
    }

    It 'lives beside another YamlDotNet that was there first' {
        $foreign = Join-Path $Repository 'tests' 'UpgradeOps.ForeignYaml' 'bin' $Configuration 'net8.0' 'YamlDotNet.dll'
        $definition = Join-Path $Repository 'samples' 'service.yaml'
        $found = Invoke-Fresh -Json @"
            `$null = [Reflection.Assembly]::LoadFrom('$foreign')
            `$env:UPGRADEOPS_CONFIG = '$TestDrive'
            Import-Module `$Manifest
            `$app = Register-App '$definition'
            `$versions = [Runtime.Loader.AssemblyLoadContext]::All.Assemblies | Where-Object { `$_.GetName().Name -eq 'YamlDotNet' }
            ConvertTo-Json -Compress @{ Foreign = [YamlDotNet.Serialization.DeserializerBuilder]::Whose(); Count = @(`$versions).Count; App = `$app.Name }
"@
        $found.Foreign | Should -Be 'foreign'
        $found.Count | Should -Be 2
        $found.App | Should -Be 'notes'
    }
}
