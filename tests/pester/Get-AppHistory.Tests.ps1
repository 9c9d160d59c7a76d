BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Versions 1.0.0, 1.1.0, 1.2.0 -Sick 1.2.0 -Running
    $null = Invoke-AppUpdate notes -Version 1.1.0
    $null = Invoke-AppUpdate notes -Version 1.2.0 -ErrorAction SilentlyContinue
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Get-AppHistory' {
    It 'lists every operation, the newest first, with its end' {
        $history = Get-AppHistory notes
        $history | Should -HaveCount 2
        $history[0] | Should -BeOfType UpgradeOps.HistoryEntry
        $history.To | Should -Be '1.2.0', '1.1.0'
        $history.Status | Should -Be 'Undone', 'Kept'
        $history[0].Reason | Should -Not -BeNullOrEmpty
        $history[0].Evidence | Should -Not -BeNullOrEmpty
        $history[0].By | Should -BeLike '*@*'
    }

    It 'takes an id, a wildcard, or an entry from the pipeline' {
        $one = (Get-AppHistory notes)[1]
        (Get-AppHistory notes $one.OperationId).To | Should -Be '1.1.0'
        ($one | Get-AppHistory).To | Should -Be '1.1.0'
        (Get-AppHistory notes '*').Count | Should -Be 2
    }

    It 'is still there when the definition is gone' {
        Rename-Item $sandbox.Definition 'away'
        try { (Get-AppHistory notes).Count | Should -Be 2 } finally { Rename-Item (Join-Path $sandbox.Folder 'away') 'notes.yaml' }
    }

    It 'fits 100 columns' {
        (Get-AppHistory notes | Format-Table | Out-String -Width 300) -split "`n" | Where-Object { $_.TrimEnd().Length -gt 100 } | Should -BeNullOrEmpty
    }
}
