namespace UpgradeOps.Engine.Operations;

/// <summary>Asks an application how it is until it is healthy, or the time is up.</summary>
public sealed class WaitHealth(EngineSession session)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="version">The version that must answer; null when any will do.</param>
    /// <param name="timeout">After this much time the last answer is returned, healthy or not.</param>
    public async Task<HealthReport> RunAsync(string name, string? version, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var time = session.Options.Time;
        var start = time.GetTimestamp();
        var rooms = await session.OpenAsync(name, cancellationToken).ConfigureAwait(false);
        await using var _ = rooms.ConfigureAwait(false);
        while (true)
        {
            var report = await rooms.Health.CheckAsync(null, version, cancellationToken).ConfigureAwait(false);
            if (report.Healthy || time.GetElapsedTime(start) + Pause > timeout)
                return report;
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
