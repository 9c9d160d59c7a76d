namespace UpgradeOps.Engine.Updates.Running;

/// <summary>
/// Failures of the state itself: without a journal nothing may be done, and nothing taken back either. And a host that stays away: it has said
/// nothing against the new version, and nothing could be done over there.
/// </summary>
internal static class RunFaults
{
    /// <summary>Whether an exception ends the run where it stands, so that a later process resumes it from what is written.</summary>
    public static bool EndTheRun(AppException e) => e.ErrorId is
        ErrorIds.HostUnreachable or ErrorIds.LockLost or ErrorIds.StateUnreachable or ErrorIds.StateUnauthorized or ErrorIds.StateNotWritable or ErrorIds.StateDamaged;
}
