BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Running
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Get-AppLog' {
    It 'reads what the application wrote' {
        $lines = Get-AppLog notes
        $lines[0] | Should -BeOfType UpgradeOps.LogLine
        $lines[0].Name | Should -Be 'notes'
        $lines.Message -like 'notes 1.0.0 serves*' | Should -Not -BeNullOrEmpty
    }

    It 'begins with as many lines as it is told' {
        @(Get-AppLog notes -Tail 1).Count | Should -Be 1
        Get-AppLog notes -Tail 0 | Should -BeNullOrEmpty
    }

    It 'ends when the reader has enough' {
        Get-AppLog notes -Follow | Select-Object -First 1 | Should -Not -BeNullOrEmpty
    }

    It 'follows what is written from now on' {
        $shell = [PowerShell]::Create()
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $output.EnumeratorNeverBlocks = $true
        $running = $shell.AddScript("Import-Module '$Manifest'; Get-AppLog notes -Tail 1 -Follow").BeginInvoke([System.Management.Automation.PSDataCollection[psobject]] $null, $output)
        $clock = [Diagnostics.Stopwatch]::StartNew()
        while ($output.Count -eq 0 -and $clock.Elapsed.TotalSeconds -lt 20) { Start-Sleep -Milliseconds 50 }
        Add-Content (Join-Path $sandbox.App 'log' 'app.log') 'a new line'
        while (-not ($output.Message -eq 'a new line') -and $clock.Elapsed.TotalSeconds -lt 20) { Start-Sleep -Milliseconds 50 }
        $output.Message | Should -Contain 'a new line'
        $shell.Stop()
        $running.IsCompleted | Should -BeTrue
    }
}
