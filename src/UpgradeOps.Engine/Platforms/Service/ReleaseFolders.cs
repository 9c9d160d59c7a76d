using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.Platforms.Service;

/// <summary>The release folders of a service and the link that chooses one of them.</summary>
internal sealed class ReleaseFolders(ServicePaths paths, IHostFiles files)
{
    /// <returns>The absolute folder that <c>current</c> points to, there or not; null when there is no such link.</returns>
    public async Task<string?> CurrentAsync(CancellationToken cancellationToken)
    {
        var link = await files.StatAsync(paths.Current, cancellationToken).ConfigureAwait(false);
        return link?.LinkTarget is { } target ? HostPath.Absolute(target, paths.Directory) : null;
    }

    /// <summary>Points <c>current</c> to a release folder, in relative terms, so that the whole service can be moved.</summary>
    public Task PointAsync(string folder, CancellationToken cancellationToken) =>
        files.LinkAsync(paths.Current, HostPath.Relative(paths.Directory, folder), cancellationToken);

    /// <returns>Null for a folder that was put there by hand.</returns>
    public async Task<ReleaseRecord?> RecordOfAsync(string folder, CancellationToken cancellationToken)
    {
        var path = paths.Record(HostPath.Name(folder));
        var bytes = await files.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        return bytes is null ? null : EngineJson.Read<ReleaseRecord>(bytes, ErrorIds.StateDamaged, path);
    }

    public async Task WriteRecordAsync(string folder, ReleaseRecord record, CancellationToken cancellationToken)
    {
        await files.CreateFolderAsync(paths.Records, HostModes.OpenFolder, cancellationToken).ConfigureAwait(false);
        var bytes = System.Text.Encoding.UTF8.GetBytes(EngineJson.Write(record, indented: true) + "\n");
        await files.WriteAtomicAsync(paths.Record(HostPath.Name(folder)), bytes, HostModes.OpenFile, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes what a kill left of a record that was being written. One operation at a time holds the application: nobody else writes here.</summary>
    public async Task SweepRecordsAsync(CancellationToken cancellationToken)
    {
        foreach (var left in (await files.ListAsync(paths.Records, cancellationToken).ConfigureAwait(false)).Where(e => !e.IsFolder && e.Name.StartsWith('.') && e.Name.EndsWith(".tmp", StringComparison.Ordinal)))
            await files.DeleteAsync(left.Path, cancellationToken).ConfigureAwait(false);
    }

    public async Task<bool> ExistsAsync(string folder, CancellationToken cancellationToken) =>
        await files.StatAsync(folder, cancellationToken).ConfigureAwait(false) is { IsFolder: true };

    /// <summary>
    /// The folder in which a release belongs: its version's, unless other content of that name is there already. Nothing is ever
    /// replaced: an older release may be the one to go back to.
    /// </summary>
    public async Task<string> PlaceOfAsync(string version, string digest, CancellationToken cancellationToken, string? build = null)
    {
        var folder = paths.Release(version);
        if (!await ExistsAsync(folder, cancellationToken).ConfigureAwait(false))
            return folder;
        if (await HoldsAsync(folder, digest, cancellationToken, build).ConfigureAwait(false))
            return folder;
        var other = paths.Release($"{version}-{digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..][..12]}");
        return build is null || !await ExistsAsync(other, cancellationToken).ConfigureAwait(false) || await HoldsAsync(other, digest, cancellationToken, build).ConfigureAwait(false)
            ? other
            : $"{other}-{build[..8]}";
    }

    /// <summary>True when a folder holds a release untouched: its content is what has this digest, or what was made of the commit that has it.</summary>
    public async Task<bool> HoldsAsync(string folder, string digest, CancellationToken cancellationToken, string? build = null)
    {
        if (!await ExistsAsync(folder, cancellationToken).ConfigureAwait(false))
            return false;
        var record = await RecordOfAsync(folder, cancellationToken).ConfigureAwait(false);
        if (record?.Build != build || (record?.Content is not null && record.Digest != digest))
            return false;
        return (await FolderDigest.ComputeAsync(files, folder, cancellationToken).ConfigureAwait(false)).Digest == (record?.Content ?? digest);
    }

    /// <summary>Every whole release, the latest staged first; the ones put there by hand count from when they were changed.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new List<(string Folder, DateTimeOffset At)>();
        foreach (var entry in await files.ListAsync(paths.Releases, cancellationToken).ConfigureAwait(false))
        {
            if (!entry.IsFolder || entry.Name.StartsWith('.'))
                continue;
            var record = await RecordOfAsync(entry.Path, cancellationToken).ConfigureAwait(false);
            found.Add((entry.Path, record?.StagedAt ?? entry.ModifiedAt));
        }

        return found.OrderByDescending(f => f.At).ThenByDescending(f => f.Folder, StringComparer.Ordinal).Select(f => f.Folder).ToList();
    }

    /// <summary>Leftovers of operations that were killed: half copies and half removals.</summary>
    public async Task<IReadOnlyList<string>> LeftoversAsync(CancellationToken cancellationToken) =>
        (await files.ListAsync(paths.Releases, cancellationToken).ConfigureAwait(false))
            .Where(e => e.Name.StartsWith(".staging-", StringComparison.Ordinal) || e.Name.StartsWith(".removed-", StringComparison.Ordinal))
            .Select(e => e.Path)
            .ToList();

    /// <summary>Removes a release so that half of it is never taken for one.</summary>
    public async Task RemoveAsync(string folder, CancellationToken cancellationToken)
    {
        var name = HostPath.Name(folder);
        var removed = paths.Release($".removed-{name}");
        await files.DeleteAsync(removed, cancellationToken).ConfigureAwait(false);
        await files.RenameAsync(folder, removed, cancellationToken).ConfigureAwait(false);
        await files.DeleteAsync(paths.Record(name), cancellationToken).ConfigureAwait(false);
        await files.DeleteAsync(removed, cancellationToken).ConfigureAwait(false);
    }
}
