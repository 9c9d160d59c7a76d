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

    It 'filters by end, moment and number' {
        (Get-AppHistory notes -Status Kept).To | Should -Be '1.1.0'
        (Get-AppHistory notes -Status Kept, Undone).To | Should -Be '1.2.0', '1.1.0'
        (Get-AppHistory notes -Last 1).To | Should -Be '1.2.0'
        $newest = (Get-AppHistory notes)[0]
        (Get-AppHistory notes -Since $newest.StartedAt).To | Should -Be '1.2.0'
        Get-AppHistory notes -Since ((Get-Date).AddDays(1)) | Should -BeNullOrEmpty
        { Get-AppHistory notes -Last 0 } | Should -Throw
    }

    It 'tells who, from where and through what' {
        $entry = (Get-AppHistory notes)[0]
        $entry.Actor.User | Should -Be ([Environment]::UserName)
        $entry.Actor.ProcessId | Should -Be $PID
        $entry.Actor.Face | Should -Be 'pwsh'
        $entry.PlanHash | Should -Match '^[0-9a-f]{64}$'
        $entry.Forced | Should -BeFalse
        $entry.EndedAt | Should -BeGreaterThan $entry.StartedAt
    }

    It 'tells what was refused, and nothing of it stands in the way of an operation' {
        $before = @(Get-AppHistory notes)
        Invoke-AppUpdate notes -Version 1.2.0 -WhatIf
        @(Get-AppHistory notes) | Should -HaveCount $before.Count
        $null = Invoke-AppUpdate notes -Version 1.2.0 -ErrorAction SilentlyContinue
        try {
            $refused = Get-AppHistory notes -Status Refused
            $refused | Should -HaveCount 1
            $refused.Asked | Should -Be 'update to 1.2.0'
            $refused.ErrorId | Should -Be 'UpgradeOps.Updates.KnownBad'
            $refused.Actor.Face | Should -Be 'pwsh'
            ($refused | ConvertTo-Json -Depth 8 -EnumsAsStrings | ConvertFrom-Json).Status | Should -Be 'Refused'
            (Get-AppHistory notes -Status Kept, Undone).OperationId | Should -Be $before.OperationId
            { $refused | Undo-AppUpdate -ErrorAction Stop } | Should -Throw '*was refused and began nothing*'
        }
        finally { Get-ChildItem $sandbox.Folder -Recurse -Filter refused.jsonl | Remove-Item }
    }

    It 'is the same JSON as the console writes' {
        function Get-Member-Paths($Value, $Path = '') {
            if ($Value -is [pscustomobject]) { foreach ($p in $Value.PSObject.Properties) { "$Path/$($p.Name)".ToLowerInvariant(); Get-Member-Paths $p.Value "$Path/$($p.Name)" } }
            elseif ($Value -is [array]) { foreach ($v in $Value) { Get-Member-Paths $v $Path } }
        }
        $console = Join-Path $Repository 'src' 'UpgradeOps.Cli' 'bin' $Configuration 'net10.0' 'UpgradeOps.Cli.dll'
        if (-not (Test-Path $console)) { Set-ItResult -Skipped -Because 'the console is not built' }
        $theirs = dotnet $console history notes --json | ConvertFrom-Json
        $ours = Get-AppHistory notes | ConvertTo-Json -Depth 8 -EnumsAsStrings | ConvertFrom-Json
        $ours.OperationId | Should -Be $theirs.operationId
        $ours.Status | Should -Be $theirs.status
        $ours[0].Actor.ProcessId | Should -Be $theirs[0].actor.processId
        # What is null is left out by the console.
        $known = Get-Member-Paths $ours | Sort-Object -Unique
        Get-Member-Paths $theirs | Sort-Object -Unique | Where-Object { $_ -notin $known } | Should -BeNullOrEmpty
        $console | Should -Exist
    }

    It 'shows a damaged journal beside the others' {
        $one = (Get-AppHistory notes)[0]
        $journal = Join-Path $sandbox.Folder 'state/notes/operations' $one.OperationId 'journal.jsonl'
        $whole = Get-Content $journal -Raw
        try {
            $lines = $whole.TrimEnd("`n").Split("`n")
            $lines[2] = $lines[2].Replace('"seq":3', '"seq":4')
            [IO.File]::WriteAllText($journal, ($lines -join "`n") + "`n")
            $history = Get-AppHistory notes
            $history | Should -HaveCount 2
            $history[0].ErrorId | Should -Be 'UpgradeOps.State.JournalDamaged'
            $history[0].To | Should -Be '1.2.0'
            $history[1].Status | Should -Be 'Kept'
        }
        finally { [IO.File]::WriteAllText($journal, $whole) }
    }

    It 'is still there when the definition is gone' {
        Rename-Item $sandbox.Definition 'away'
        try { (Get-AppHistory notes).Count | Should -Be 2 } finally { Rename-Item (Join-Path $sandbox.Folder 'away') 'notes.yaml' }
    }

    It 'fits 100 columns' {
        (Get-AppHistory notes | Format-Table | Out-String -Width 300) -split "`n" | Where-Object { $_.TrimEnd().Length -gt 100 } | Should -BeNullOrEmpty
    }
}
