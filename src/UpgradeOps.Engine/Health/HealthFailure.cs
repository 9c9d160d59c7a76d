namespace UpgradeOps.Engine.Health;

/// <summary>How much hope is left.</summary>
internal enum Hope
{
    /// <summary>It may still come: worth waiting for, up to the declared time.</summary>
    Starting,

    /// <summary>Somebody answers, but not what was asked for: given up after a few seconds of it.</summary>
    Wrong,

    /// <summary>It will not come.</summary>
    None,
}

/// <summary>Why an application is not healthy now.</summary>
/// <param name="InstanceId">The instance that is to blame, where one is.</param>
internal sealed record HealthFailure(string ErrorId, string Reason, Hope Hope, string? InstanceId = null)
{
    /// <summary>The application could not be asked, because the way to its host broke: no word against it.</summary>
    public bool IsLost => ErrorId is ErrorIds.HostConnectionLost or ErrorIds.HostUnreachable;
}
