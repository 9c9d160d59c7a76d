BeforeAll {
    . $PSScriptRoot/Common.ps1
    Import-Module $Manifest
    Import-Module $TestCmdlets
}

Describe 'secret: references' {
    It 'say what is missing when there is no vault' {
        { Test-Secret kmp-db -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Secrets.NotFound,*'
    }

    Context 'with a vault' {
        BeforeAll {
            # Stands for Microsoft.PowerShell.SecretManagement, which is on no registry at hand.
            function global:Get-Secret {
                [CmdletBinding()]
                param([string] $Name)
                $global:AskedForSecret += , $Name
                switch ($Name) {
                    'secure' { ConvertTo-SecureString 'from the vault' -AsPlainText -Force }
                    'plain' { 'as text' }
                    'credential' { [pscredential]::new('user', (ConvertTo-SecureString 'of a person' -AsPlainText -Force)) }
                    'locked' { throw 'the vault is locked' }
                    'none' { }
                    default { Write-Error "no secret $Name" }
                }
            }
        }

        AfterAll {
            Remove-Item Function:/Get-Secret
        }

        It 'takes a <Name>' -ForEach @(
            @{ Name = 'secure'; Value = 'from the vault' }
            @{ Name = 'plain'; Value = 'as text' }
            @{ Name = 'credential'; Value = 'of a person' }
            @{ Name = 'none'; Value = '(none)' }
        ) {
            Test-Secret $Name | Should -BeExactly $Value
        }

        It 'makes an error of the work, not the end of the pipeline, of what the vault says' {
            Test-Secret locked -ErrorVariable failed -ErrorAction SilentlyContinue
            "$($failed[-1])" | Should -BeLike '*the vault is locked*'
            Test-Secret unknown -ErrorVariable failed -ErrorAction SilentlyContinue
            $failed[-1].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Secrets.NotFound,*'
        }

        It 'hands a name over as a value, never as text of a script' {
            $global:AskedForSecret = @()
            Test-Secret '"; throw "run" #' -ErrorAction SilentlyContinue
            $global:AskedForSecret | Should -Be '"; throw "run" #'
        }
    }
}
