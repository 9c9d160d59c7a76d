namespace UpgradeOps.Engine.Backups;

/// <summary>
/// Holds writers while a backup is made. Who is held is written down before anybody is, and struck out after everybody was let go:
/// whatever ends the process in between, the next one knows whom to release.
/// </summary>
/// <param name="remember">Writes down whom to release; an empty list when there is nobody.</param>
internal sealed class WriterHold(IWriters writers, Func<IReadOnlyList<string>, CancellationToken, Task> remember, TimeProvider time)
{
    private IReadOnlyList<string> _held = [];
    private long _since;

    /// <summary>True while they are held, or none runs.</summary>
    public bool Holds { get; private set; }

    /// <summary>How long nobody could write; null when nobody was held.</summary>
    public TimeSpan? Lasted { get; private set; }

    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (!writers.AreHeld)
            return;
        var running = await writers.RunningAsync(cancellationToken).ConfigureAwait(false);
        if (running.Count == 0)
        {
            (Lasted, Holds) = (TimeSpan.Zero, true);
            return;
        }

        await remember(running, cancellationToken).ConfigureAwait(false);
        (_held, _since) = (running, time.GetTimestamp());
        await writers.HoldAsync(running, cancellationToken).ConfigureAwait(false);
        Holds = true;
    }

    /// <summary>Not to be cancelled: whatever happened, they must go on.</summary>
    public async Task EndAsync()
    {
        if (_held.Count == 0)
            return;
        await writers.ReleaseAsync(_held, CancellationToken.None).ConfigureAwait(false);
        Lasted = time.GetElapsedTime(_since);
        _held = [];
        await remember([], CancellationToken.None).ConfigureAwait(false);
    }
}
