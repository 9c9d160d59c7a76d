BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Sandbox.ps1
    . $PSScriptRoot/Locks.ps1
    Import-Module $Manifest
}

Describe 'Unlock-App' {
    BeforeEach {
        $sandbox = New-Sandbox -Running
        $owner = Start-Owner $sandbox
    }

    AfterEach {
        Stop-Owner $owner
        Remove-Sandbox $sandbox
    }

    It 'frees a dead owner''s lock' {
        Stop-Owner $owner
        Unlock-App notes -Confirm:$false -ErrorAction Stop
        Get-AppLock notes | Should -BeNullOrEmpty
    }

    It 'leaves a living owner its lock, unless forced' {
        Unlock-App notes -Confirm:$false -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.State.LockHeld,*'
        (Get-AppLock notes).ProcessId | Should -Be $owner.Id
        Unlock-App notes -Force -ErrorAction Stop
        Get-AppLock notes | Should -BeNullOrEmpty
    }

    It 'refuses where nobody can be asked' {
        Unlock-App notes -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeOps.Confirmation.Needed,*'
        $failed[0].CategoryInfo.Category | Should -Be 'PermissionDenied'
        Get-AppLock notes | Should -Not -BeNullOrEmpty
    }

    It 'frees nothing under -WhatIf, also with -Force' {
        Unlock-App notes -Force -WhatIf
        Get-AppLock notes | Should -Not -BeNullOrEmpty
    }
}
