BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
}

Describe 'Register-App' {
    BeforeEach {
        $sandbox = New-Sandbox
    }

    AfterEach {
        Set-Location $PSScriptRoot
        Remove-Sandbox $sandbox
    }

    It 'registers by a path that counts from where the session stands' {
        Set-Location $sandbox.Folder
        $app = Register-App ./notes.yaml
        $app.Name | Should -Be 'notes'
        $app.Path | Should -Be $sandbox.Definition
        (Get-App).Path | Should -Be $sandbox.Definition
    }

    It 'takes files from the pipeline' {
        (Get-ChildItem $sandbox.Folder -Filter *.yaml | Register-App).Name | Should -Be 'notes'
    }

    It 'names file and line of an unknown key, and goes on with the others' {
        $wrong = Join-Path $sandbox.Folder 'wrong.yaml'
        (Get-Content $sandbox.Definition -Raw).Replace('healthTimeout: 6s', 'healthTimeuot: 6s').Replace('name: notes', 'name: wrong') | Set-Content $wrong
        $found = Register-App $wrong, $sandbox.Definition -ErrorVariable failed -ErrorAction SilentlyContinue
        $found.Name | Should -Be 'notes'
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Definition.UnknownKey,*'
        $failed[0].CategoryInfo.Category | Should -Be 'InvalidArgument'
        "$($failed[0])" | Should -BeLike "*wrong.yaml*15*healthTimeuot*"
        (Get-App).Name | Should -Be 'notes'
    }

    It 'tells of a file that is not there' {
        { Register-App /nowhere/x.yaml -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Definition.NotFound,*'
    }

    It 'leaves a name to whom it belongs, unless forced' {
        $null = Register-App $sandbox.Definition
        $other = Join-Path $sandbox.Folder 'other.yaml'
        Copy-Item $sandbox.Definition $other
        { Register-App $other -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeOps.Apps.NameTaken,*'
        (Register-App $other -Force).Path | Should -Be $other
        (Get-App notes).Path | Should -Be $other
    }

    It 'registers nothing under -WhatIf' {
        Register-App $sandbox.Definition -WhatIf | Should -BeNullOrEmpty
        Get-App | Should -BeNullOrEmpty
    }
}
