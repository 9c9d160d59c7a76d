using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Planning;

namespace UpgradeOps.Engine.Operations;

/// <summary>Tells what runs and whether there is something newer. What cannot be found out is told, not thrown.</summary>
public sealed class GetStatus(EngineSession session)
{
    public Task<AppStatus> RunAsync(string name, CancellationToken cancellationToken) =>
        session.UseAsync(name, rooms => ReadAsync(rooms, cancellationToken), cancellationToken);

    private static async Task<AppStatus> ReadAsync(AppRooms rooms, CancellationToken cancellationToken)
    {
        var problems = new List<Finding>();
        var memory = await TryAsync(problems, rooms, () => rooms.State.ReadAsync(cancellationToken)).ConfigureAwait(false) ?? new AppMemory();
        var channel = memory.Channel ?? rooms.Definition.Releases.Channel;
        var peeking = TryAsync(problems, rooms, () => rooms.Releases.PeekAsync(null, channel, cancellationToken));
        var current = await TryAsync(problems, rooms, () => rooms.Platform.InspectAsync(cancellationToken)).ConfigureAwait(false);
        var health = rooms.Health.Declared && current is not null
            ? await TryAsync(problems, rooms, () => rooms.Health.CheckAsync(null, null, cancellationToken)).ConfigureAwait(false)
            : null;
        var open = await TryAsync(problems, rooms, () => OperationIndex.FindOpenAsync(rooms.State, cancellationToken)).ConfigureAwait(false);
        var backups = await TryAsync(problems, rooms, () => rooms.Backups.ListAsync(everywhere: false, cancellationToken)).ConfigureAwait(false);
        var latest = await peeking.ConfigureAwait(false);
        if (latest is not null)
        {
            // What runs needs no second look at the source: one question is all that a status costs most days.
            latest = latest.Digest is not null && latest.Digest == current?.Digest
                ? latest with { Version = current.Version ?? latest.Version }
                : await TryAsync(problems, rooms, () => rooms.Releases.ResolveAsync(null, channel, cancellationToken)).ConfigureAwait(false) ?? latest;
        }

        var history = latest is null || current is null || latest.Digest == current.Digest
            ? null
            : await TryAsync(problems, rooms, () => rooms.Releases.HistoryAsync(current, latest, cancellationToken)).ConfigureAwait(false);
        problems.AddRange(history?.Findings ?? []);

        var bad = latest is null ? null : BadReleases.Find(memory, latest);
        if (bad is not null && latest!.Digest != current?.Digest)
        {
            problems.Add(new Finding
            {
                Severity = FindingSeverity.Information,
                ErrorId = ErrorIds.KnownBad,
                Target = rooms.Definition.Name,
                Message = $"{(channel is null ? "The newest version" : $"The newest of channel {channel}")} is known to be bad, so nothing newer is offered: {BadReleases.Describe(bad)}",
                RecommendedAction = BadReleases.Insist(latest),
            });
        }

        return new AppStatus
        {
            Name = rooms.Definition.Name,
            RunningVersion = current?.Version,
            RunningDigest = current?.Digest,
            LatestVersion = latest?.Version,
            LatestDigest = latest?.Digest,
            Channel = channel,
            UpdateAvailable = current is not null && latest is not null && VersionRules.IsUpdate(current, latest, memory)
                && history?.Findings.Any(f => f.Severity == FindingSeverity.Blocker) != true,
            Commits = history?.Commits ?? [],
            Healthy = health?.Healthy,
            Instances = current?.Instances ?? [],
            PendingOperation = open?.OperationId,
            LastBackupId = backups?.Backups.FirstOrDefault()?.BackupId,
            KnownBad = memory.KnownBad.Select(b => BadReleases.Show(b, rooms.Definition.Name)).ToList(),
            Problems = problems,
        };
    }

    private static async Task<T?> TryAsync<T>(List<Finding> problems, AppRooms rooms, Func<Task<T>> ask)
        where T : class?
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (AppException e)
        {
            lock (problems)
            {
                problems.Add(new Finding
                {
                    Severity = FindingSeverity.Warning,
                    ErrorId = e.ErrorId,
                    Target = e.Error.Target ?? rooms.Definition.Name,
                    Message = e.Message,
                    RecommendedAction = e.Error.RecommendedAction,
                });
            }

            return null;
        }
    }
}
