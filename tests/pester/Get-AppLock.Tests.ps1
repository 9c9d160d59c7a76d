BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    . $PSScriptRoot/Locks.ps1
    Import-Module $Manifest
    $sandbox = New-Sandbox -Running
}

AfterAll {
    Remove-Sandbox $sandbox
}

Describe 'Get-AppLock' {
    It 'writes nothing when nobody works on it' {
        Get-AppLock notes -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'tells who works on it, and that another has to wait' {
        $owner = Start-Owner $sandbox
        try {
            $held = Get-AppLock notes
            $held | Should -BeOfType UpgradeOps.LockInfo
            $held.ProcessId | Should -Be $owner.Id
            $held.OwnerAlive | Should -BeTrue
            $result = Invoke-AppUpdate notes -ErrorVariable failed -ErrorAction SilentlyContinue
            $result.Status | Should -Be 'Refused'
            $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.State.LockHeld,*'
            $failed[0].CategoryInfo.Category | Should -Be 'ResourceBusy'
        }
        finally {
            Stop-Owner $owner
        }
    }

    It 'tells that the owner is gone' {
        (Get-App | Get-AppLock).OwnerAlive | Should -BeFalse
    }
}
