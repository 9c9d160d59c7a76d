using UpgradeOps.Engine.Platforms;

namespace UpgradeOps.Engine.Migrations.Diagnosis;

/// <summary>
/// Finds out whether a migration is why a new version did not come up: from what its tool wrote down in the database, and from what the
/// version said before it ended.
/// </summary>
internal sealed class MigrationDiagnosis(MigrationRoom room, ISchemaProbe schema, IPlatform platform)
{
    private const int LogTail = 500;

    /// <param name="instances">Display names of those whose words count; empty for all.</param>
    /// <param name="before">The schema's fingerprint before the version was started: what failed earlier is not its fault.</param>
    /// <param name="release">The version.</param>
    /// <returns>Null when nothing speaks for it.</returns>
    public async Task<MigrationFault?> FindAsync(IReadOnlyCollection<string> instances, string? before, string? release, CancellationToken cancellationToken) =>
        await FindInAsync(await LogAsync(instances, cancellationToken).ConfigureAwait(false), before, release, cancellationToken).ConfigureAwait(false);

    /// <param name="log">What ran the migrations wrote, oldest line first.</param>
    public async Task<MigrationFault?> FindInAsync(IEnumerable<string> log, string? before, string? release, CancellationToken cancellationToken)
    {
        var words = MigrationWords.Read(log);
        var tracked = await FailedAsync(before, cancellationToken).ConfigureAwait(false);
        if (words is null && tracked is null)
            return null;
        var fault = words ?? new MigrationFault(null, null, null);
        if (fault.Version is null && tracked is not null)
            fault = fault with { Version = tracked.Version, Title = fault.Title ?? tracked.Title };
        return fault is { Version: not null, Title: not null } ? fault : await NameAsync(fault, release, cancellationToken).ConfigureAwait(false);
    }

    private async Task<List<string>> LogAsync(IReadOnlyCollection<string> instances, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        try
        {
            await foreach (var line in platform.LogsAsync(LogTail, follow: false, cancellationToken).ConfigureAwait(false))
            {
                if (instances.Count == 0 || instances.Contains(line.Instance))
                    lines.Add(line.Message);
            }
        }
        catch (AppException)
        {
            // What was read until then may do.
        }

        return lines;
    }

    /// <returns>The newest migration that its tool calls failed, and did not before.</returns>
    private async Task<Migration?> FailedAsync(string? before, CancellationToken cancellationToken)
    {
        try
        {
            var now = await schema.ReadAsync(cancellationToken).ConfigureAwait(false);
            return now is null || before is null || now.Fingerprint == before ? null : now.Migrations.LastOrDefault(m => m.State == MigrationState.Failed);
        }
        catch (AppException)
        {
            // A database that does not answer is another reason, and was told.
            return null;
        }
    }

    /// <summary>What the release's own files tell: a failure that bears no name was that of the first one that is still to be applied.</summary>
    private async Task<MigrationFault> NameAsync(MigrationFault fault, string? release, CancellationToken cancellationToken)
    {
        try
        {
            var entries = (await room.ReadAsync(release, cancellationToken).ConfigureAwait(false)).Entries;
            var entry = fault.Version is { } version
                ? entries.FirstOrDefault(m => VersionOrder.Instance.Compare(m.Version, version) == 0)
                : entries.FirstOrDefault(m => m.State == MigrationState.Pending);
            return entry is null ? fault : fault with { Version = fault.Version ?? entry.Version, Title = fault.Title ?? entry.Title };
        }
        catch (AppException)
        {
            // No files are declared, or none can be seen.
            return fault;
        }
    }
}
