BeforeDiscovery {
    $manifest = Join-Path (Split-Path (Split-Path $PSScriptRoot)) 'out' 'UpgradeOps' 'UpgradeOps.psd1'
    $exported = (Import-PowerShellDataFile $manifest).CmdletsToExport
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    Import-Module $Manifest
}

Describe 'Manifest' {
    It 'is valid' {
        $found = Test-ModuleManifest $Manifest
        $found.PowerShellVersion | Should -Be '7.4'
        $found.CompatiblePSEditions | Should -Be 'Core'
        $found.LicenseUri | Should -Not -BeNullOrEmpty
        $found.ReleaseNotes | Should -Not -BeNullOrEmpty
        $found.Tags.Count | Should -BeGreaterThan 3
    }

    It 'exports what a session then has, and nothing else' {
        $module = Get-Module UpgradeOps
        $listed = (Import-PowerShellDataFile $Manifest).CmdletsToExport
        $module.ExportedCommands.Keys | Sort-Object | Should -Be ($listed | Sort-Object)
        $module.ExportedFunctions.Count + $module.ExportedAliases.Count + $module.ExportedVariables.Count | Should -Be 0
    }

    It 'imports without a warning, as about verbs' {
        Invoke-Fresh 'Import-Module $Manifest -WarningAction Stop; "ok"' | Should -Be 'ok'
    }

    It 'makes the records known by name' {
        [UpgradeOps.UpdatePlan].Assembly.GetName().Name | Should -Be 'UpgradeOps.Model'
    }
}

Describe '<_>' -ForEach $exported {
    BeforeAll {
        $command = Get-Command $_ -Module UpgradeOps
        $help = Get-Help $_ -Full
    }

    It 'has an approved verb and a singular noun with the prefix' {
        $command.Verb | Should -BeIn (Get-Verb).Verb
        $command.Noun | Should -MatchExactly '^App([A-Z][a-z]+)*$'
        $command.Noun | Should -Not -MatchExactly '[^u]s$'
    }

    It 'declares its output' {
        if ($_ -ne 'Unlock-App') { $command.OutputType | Should -Not -BeNullOrEmpty }
        foreach ($type in $command.OutputType) { $type.Type | Should -Not -BeNullOrEmpty }
    }

    It 'carries the name of the application in its output' {
        foreach ($type in $command.OutputType.Type | Where-Object Namespace -EQ 'UpgradeOps') { $type.GetProperty('Name') | Should -Not -BeNullOrEmpty }
    }

    It 'can tell what it would do exactly when it changes something' {
        $changes = $command.Verb -notin 'Get', 'Wait'
        $command.Parameters.ContainsKey('WhatIf') | Should -Be $changes
    }

    It 'takes no secret as text' {
        $command.Parameters.Values | Where-Object { $_.Name -match 'password|secret|token|credential' -and $_.ParameterType -eq [string] } | Should -BeNullOrEmpty
    }

    It 'is explained: synopsis, description, two examples' {
        $help.Synopsis | Should -Not -BeLike "*$_*-*"
        $help.Synopsis.Length | Should -BeGreaterThan 15
        $help.Description.Text | Should -Not -BeNullOrEmpty
        @($help.Examples.Example).Count | Should -BeGreaterOrEqual 2
    }

    It 'has examples that are commands of this module, with parameters that there are' {
        foreach ($example in $help.Examples.Example) {
            $errors = $null
            $tree = [System.Management.Automation.Language.Parser]::ParseInput($example.Code, [ref] $null, [ref] $errors)
            $errors | Should -BeNullOrEmpty
            foreach ($call in $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
                $known = Get-Command $call.GetCommandName() -ErrorAction Stop
                foreach ($used in $call.CommandElements | Where-Object { $_ -is [System.Management.Automation.Language.CommandParameterAst] }) {
                    # Resolved as PowerShell would: a dynamic one such as -Filter of Get-ChildItem is none of ours.
                    if ($known.ModuleName -eq 'UpgradeOps') { $known.ResolveParameter($used.ParameterName) | Should -Not -BeNullOrEmpty }
                }
            }
        }
    }

    It 'has every parameter explained, and no other' {
        $common = [System.Management.Automation.Cmdlet]::CommonParameters
        $help.Parameters.Parameter.Name | Sort-Object | Should -Be ($command.Parameters.Keys | Where-Object { $_ -notin $common } | Sort-Object)
        foreach ($parameter in $help.Parameters.Parameter) { $parameter.Description.Text | Should -Not -BeNullOrEmpty }
    }

    It 'has one Pester file' {
        Join-Path $PSScriptRoot "$_.Tests.ps1" | Should -Exist
    }
}

Describe 'Topic about_<_>' -ForEach 'UpgradeOps', 'UpgradeOps_Definitions', 'UpgradeOps_Rollback', 'UpgradeOps_Runbooks', 'UpgradeOps_Security' {
    BeforeAll {
        $text = Get-Content (Join-Path $ModuleFolder 'en-US' "about_$_.help.txt") -Raw
    }

    It 'is found by Get-Help' {
        (Get-Help "about_$_" | Out-String) | Should -BeLike "*about_$_*"
    }

    It 'names commands that there are' {
        foreach ($name in [regex]::Matches($text, '\b[A-Z][a-z]+-App\w*').Value | Sort-Object -Unique) { Get-Command $name -Module UpgradeOps | Should -Not -BeNullOrEmpty }
    }

    It 'names errors that there are' {
        foreach ($id in [regex]::Matches($text, 'UpgradeOps\.\w+\.\w+').Value | Where-Object { $_ -and $_ -ne 'UpgradeOps.Room.Condition' }) {
            [UpgradeOps.ErrorCatalogue]::Find($id) | Should -Not -BeNullOrEmpty -Because $id
        }
    }

    It 'fits a terminal' {
        $text -split "`n" | Where-Object Length -GT 80 | Should -BeNullOrEmpty
    }
}

Describe 'Views' {
    It 'shows what a job sends as well' {
        # A definition of a view for the record serves its deserialised form too.
        $app = [UpgradeOps.LockInfo]::new()
        $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($app))
        ($copy | Out-String) | Should -BeLike '*Machine*Pid*'
    }
}
