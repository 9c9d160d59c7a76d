BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
}

Describe 'Unregister-App' {
    BeforeEach {
        $sandbox = New-Sandbox
        $null = Register-App $sandbox.Definition
    }

    AfterEach {
        Remove-Sandbox $sandbox
    }

    It 'forgets the application and leaves its definition' {
        Unregister-App notes | Should -BeNullOrEmpty
        Get-App | Should -BeNullOrEmpty
        $sandbox.Definition | Should -Exist
    }

    It 'writes what it forgot with -PassThru' {
        (Get-App | Unregister-App -PassThru).Name | Should -Be 'notes'
    }

    It 'forgets one whose definition is gone' {
        Remove-Item $sandbox.Definition
        Unregister-App notes
        Get-App | Should -BeNullOrEmpty
    }

    It 'tells of a name that it does not know' {
        { Unregister-App nobody -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Apps.Unknown,*'
    }

    It 'forgets nothing under -WhatIf' {
        Unregister-App notes -WhatIf
        (Get-App).Name | Should -Be 'notes'
    }
}
