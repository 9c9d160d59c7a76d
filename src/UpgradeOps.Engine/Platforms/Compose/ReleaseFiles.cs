using System.Formats.Tar;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Compose.Builds;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Platforms.Compose;

/// <summary>Reads a folder of a release: beside the compose file, or in the image of the container that runs.</summary>
internal sealed class ReleaseFiles(ComposeProject project)
{
    private const string InImage = "image:";

    /// <returns>Null when there is no such folder, or another release is asked for than the one that runs.</returns>
    public async Task<IReadOnlyDictionary<string, byte[]>?> ReadAsync(string folder, string? version, CancellationToken cancellationToken)
    {
        if (version is not null && (await new ComposeInspection(project).RunAsync(cancellationToken).ConfigureAwait(false)).Version != version)
            return null;
        if (!folder.StartsWith(InImage, StringComparison.Ordinal))
            return await SmallFiles.ReadAsync(project.Host.Files, HostPath.Join(project.Compose.Directory, folder), cancellationToken).ConfigureAwait(false);

        var snapshot = await ComposeSnapshot.ReadAsync(project, cancellationToken).ConfigureAwait(false);
        var path = folder[InImage.Length..];
        if (snapshot.Own.FirstOrDefault() is not { } container
            || await project.Docker.StatPathAsync(container.Id, path, cancellationToken).ConfigureAwait(false) is null)
            return null;
        using var archive = new BoundedStream();
        await project.Docker.GetArchiveAsync(container.Id, path, archive, cancellationToken).ConfigureAwait(false);
        archive.Position = 0;
        return await UnpackAsync(archive, path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Of a commit that need not be built: what becomes the folder. An image that runs is asked itself.</summary>
    /// <inheritdoc cref="IPlatform.ReadFolderAsync(string, string?, Release, CancellationToken)"/>
    public async Task<IReadOnlyDictionary<string, byte[]>?> ReadAsync(string folder, string? source, Release release, CancellationToken cancellationToken)
    {
        if (project.Repository is not { } repository || GitDigest.CommitOf(release.Digest) is not { } commit)
            return await ReadAsync(folder, release.Version, cancellationToken).ConfigureAwait(false);
        var isImage = folder.StartsWith(InImage, StringComparison.Ordinal);
        if (isImage && (await new ComposeInspection(project).RunAsync(cancellationToken).ConfigureAwait(false)).Digest == release.Digest)
            return await ReadAsync(folder, null, cancellationToken).ConfigureAwait(false);
        if (isImage && source is null)
        {
            throw new AppException(
                ErrorIds.MigrationFilesMissing, $"{release.Version} does not run, and nothing tells which folder of its commit becomes {folder}.", folder,
                "Add 'source:' to migrations in the definition: the folder of the repository that the image is given, such as migrations.");
        }

        var path = source ?? TreePlace.Of(project.Compose, HostPath.Join(project.Compose.Directory, folder));
        return path is null ? null : await repository.ReadFolderAsync(commit, path, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyDictionary<string, byte[]>> UnpackAsync(Stream archive, string path, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>();
        using var reader = new TarReader(archive);
        while (await reader.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false) is { } entry)
        {
            // Its first folder is the path's own last name; what is deeper is not asked for.
            var parts = entry.Name.Split('/', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 2 || entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || entry.DataStream is null)
                continue;
            if (found.Count == SmallFiles.MostFiles || entry.Length > SmallFiles.LargestFile)
                throw SmallFiles.TooMuch(path);
            using var bytes = new MemoryStream();
            await entry.DataStream.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
            found[parts[1]] = bytes.ToArray();
        }

        return found;
    }

    /// <summary>An image may hold anything below the path that was named.</summary>
    private sealed class BoundedStream : MemoryStream
    {
        private const long Most = 256L * 1024 * 1024;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            Length + buffer.Length > Most ? throw SmallFiles.TooMuch("the folder in the image") : base.WriteAsync(buffer, cancellationToken);
    }
}
