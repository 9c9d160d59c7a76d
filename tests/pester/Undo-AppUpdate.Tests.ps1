BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
}

Describe 'Undo-AppUpdate' {
    BeforeEach {
        $sandbox = New-Sandbox -Running
        $null = Invoke-AppUpdate notes -ErrorAction Stop
        $null = Add-Note $sandbox 'written after the update'
    }

    AfterEach {
        Remove-Sandbox $sandbox
    }

    It 'goes back to the version before, and keeps what was written since' {
        $result = Undo-AppUpdate notes -ErrorAction Stop
        $result | Should -BeOfType UpgradeOps.UpdateResult
        $result.Kind | Should -Be 'Undo'
        Get-ServedVersion $sandbox | Should -Be '1.0.0'
        Get-NoteCount $sandbox | Should -Be 1
    }

    It 'needs neither the releases nor another try' {
        Remove-Item $sandbox.Incoming -Recurse
        $null = Undo-AppUpdate notes -ErrorAction Stop
        Get-ServedVersion $sandbox | Should -Be '1.0.0'
    }

    It 'takes the operation from the history' {
        $null = Get-AppHistory notes | Where-Object To -EQ '1.1.0' | Undo-AppUpdate -ErrorAction Stop
        Get-ServedVersion $sandbox | Should -Be '1.0.0'
    }

    It 'takes the operation from the result of the update' {
        Publish-Release $sandbox 1.2.0
        $null = Invoke-AppUpdate notes | Undo-AppUpdate -ErrorAction Stop
        Get-ServedVersion $sandbox | Should -Be '1.1.0'
    }

    It 'tells each step under -WhatIf, and does none' {
        $plan = Undo-AppUpdate notes -WhatIf -PassThru
        $plan.Kind | Should -Be 'Undo'
        $plan.To.Version | Should -Be '1.0.0'
        Get-ServedVersion $sandbox | Should -Be '1.1.0'
    }

    It 'completes operations' {
        $known = (Get-AppHistory notes).OperationId
        (TabExpansion2 'Undo-AppUpdate notes ' 21).CompletionMatches.CompletionText | Should -Be $known
    }

    It 'tells of an operation that it does not know' {
        $null = Undo-AppUpdate notes -OperationId nothing -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Updates.*,*'
    }
}
