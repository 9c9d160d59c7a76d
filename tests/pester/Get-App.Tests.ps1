BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Name 'notes-one'
    $null = Register-App $sandbox.Definition
    (Get-Content $sandbox.Definition -Raw).Replace('notes-one', 'notes-two') | Set-Content (Join-Path $sandbox.Folder 'two.yaml')
    $null = Register-App (Join-Path $sandbox.Folder 'two.yaml')
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Get-App' {
    It 'lists every application' {
        (Get-App).Name | Should -Be 'notes-one', 'notes-two'
    }

    It 'tells where the definition is and how it runs' {
        $app = Get-App notes-one
        $app | Should -BeOfType UpgradeOps.App
        $app.Path | Should -Be $sandbox.Definition
        $app.Platform | Should -Be 'service'
    }

    It 'takes wildcards, and finds nothing without an error' {
        (Get-App '*-t*').Name | Should -Be 'notes-two'
        Get-App 'nothing*' | Should -BeNullOrEmpty
    }

    It 'takes names from the pipeline' {
        ('notes-two', 'notes-one' | Get-App).Name | Should -Be 'notes-two', 'notes-one'
        (Get-App notes-two | Get-App).Name | Should -Be 'notes-two'
    }

    It 'makes one error of each unknown name, and goes on' {
        $found = Get-App nobody, notes-one, noone -ErrorVariable failed -ErrorAction SilentlyContinue
        $found.Name | Should -Be 'notes-one'
        $failed.TargetObject | Should -Be 'nobody', 'noone'
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Apps.Unknown,*'
        $failed[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failed[0].ErrorDetails.RecommendedAction | Should -BeLike '*Register-App*'
    }

    It 'completes names' {
        (TabExpansion2 'Get-App notes-t' 15).CompletionMatches.CompletionText | Should -Be 'notes-two'
        (TabExpansion2 'Invoke-AppUpdate ' 17).CompletionMatches.CompletionText | Should -Be 'notes-one', 'notes-two'
    }

    It 'fits 100 columns' {
        (Get-App | Format-Table | Out-String -Width 300) -split "`n" | Where-Object { $_.TrimEnd().Length -gt 100 } | Should -BeNullOrEmpty
    }
}
