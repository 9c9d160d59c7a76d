namespace UpgradeOps.Engine.State;

/// <summary>What is known about the owner that a lease names.</summary>
internal enum LeaseVerdict
{
    /// <summary>Nobody holds it.</summary>
    Free,

    /// <summary>The owner lives: the kernel, or its standing connection, says so.</summary>
    Alive,

    /// <summary>The owner is gone for certain.</summary>
    Dead,

    /// <summary>Nothing can be known but a heartbeat that has not run out.</summary>
    Beating,

    /// <summary>
    /// It looks gone, by a clock that may be wrong or a connection that may come back. Whoever wants the lease watches the heartbeat
    /// for a while by a clock of its own that never jumps: only one that stands still is an owner that is gone.
    /// </summary>
    Doubtful,
}

internal static class LeaseVerdicts
{
    /// <returns>As users see it: null when it cannot be known.</returns>
    public static bool? ToAlive(this LeaseVerdict verdict) => verdict switch
    {
        LeaseVerdict.Alive => true,
        LeaseVerdict.Dead => false,
        _ => null,
    };
}
