using System.Text;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts.Durable;
using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.Apps;

/// <summary>An application as it was when it was registered.</summary>
internal sealed record CatalogueEntry
{
    public required App App { get; init; }

    /// <summary>Where its state is declared to stand; null for the default. Kept so that the state is found when the definition is gone; a password is a reference.</summary>
    public StateDefinition? State { get; init; }
}

/// <summary>
/// The file <c>apps.json</c>. Readers see it whole at any time; writers take turns through a lock file beside it, which the
/// system frees when its owner dies.
/// </summary>
internal sealed class CatalogueFile(string folder, TimeProvider time)
{
    private const int Format = 1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public string Path { get; } = System.IO.Path.Combine(folder, "apps.json");

    /// <exception cref="AppException"><see cref="ErrorIds.CatalogueDamaged"/>; the file stays as it is.</exception>
    public async Task<IReadOnlyList<CatalogueEntry>> ReadAsync(CancellationToken cancellationToken)
    {
        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(Path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AppException(ErrorIds.HostFileFailed, $"The catalogue {Path} cannot be read: {e.Message}", Path, "Make it readable for this user, or name another folder with UPGRADEOPS_CONFIG.", e);
        }

        return Parse(bytes);
    }

    /// <summary>Reads, changes and writes as one.</summary>
    public async Task ChangeAsync(Func<IReadOnlyList<CatalogueEntry>, IReadOnlyList<CatalogueEntry>> change, CancellationToken cancellationToken)
    {
        try
        {
            DurableFolder.Create(folder);
            await using var turn = (await TakeTurnAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            var apps = change(await ReadAsync(cancellationToken).ConfigureAwait(false)).OrderBy(e => e.App.Name, StringComparer.Ordinal);
            var json = EngineJson.Write(new Content { Format = Format, Apps = [.. apps] }, indented: true);
            DurableFile.WriteAtomic(Path, Encoding.UTF8.GetBytes(json + "\n"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AppException(ErrorIds.HostFileFailed, $"The catalogue {Path} cannot be written: {e.Message}", Path, "Run as a user who may write there, or name another folder with UPGRADEOPS_CONFIG.", e);
        }
    }

    private async Task<FileStream> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var path = Path + ".lock";
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = DurableFile.Private;
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException))
            {
                if (time.GetElapsedTime(start) > Patience)
                    throw new AppException(ErrorIds.CatalogueBusy, $"Another process has been writing the catalogue {Path} for {Patience.TotalSeconds:0} seconds: {e.Message}", Path, inner: e);
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private IReadOnlyList<CatalogueEntry> Parse(ReadOnlySpan<byte> bytes)
    {
        var content = EngineJson.Read<Content>(bytes, ErrorIds.CatalogueDamaged, Path);
        if (content.Format != Format)
            throw new AppException(ErrorIds.CatalogueDamaged, $"{Path}: its format is {content.Format}; this version knows {Format}.", Path, "Use the newer UpgradeOps that wrote it.");
        if (content.Apps is null || content.Apps.Any(e => e?.App is not { Name.Length: > 0 } app || !System.IO.Path.IsPathRooted(app.Path)))
            throw new AppException(ErrorIds.CatalogueDamaged, $"{Path}: an entry has no name or no absolute path.", Path);
        return content.Apps;
    }

    private sealed record Content
    {
        public required int Format { get; init; }

        public required IReadOnlyList<CatalogueEntry> Apps { get; init; }
    }
}
