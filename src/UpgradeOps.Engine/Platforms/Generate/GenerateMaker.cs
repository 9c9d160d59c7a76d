using System.Text;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Compose.Files;

namespace UpgradeOps.Engine.Platforms.Generate;

/// <summary>Makes what is missing. Each file appears whole or not at all, and none that is there is replaced.</summary>
internal sealed class GenerateMaker(GenerateLook look, IHostFiles files, Redaction redaction)
{
    /// <summary>Behind a file's name while it is written: what a killed process left there was never in use.</summary>
    private const string Unfinished = ".upgradeops-new";

    public async Task MakeAsync(IReadOnlyList<GenerateDefinition> entries, CancellationToken cancellationToken)
    {
        foreach (var entry in entries.Where(e => e.Key is not null))
            await MakePairAsync(entry, cancellationToken).ConfigureAwait(false);
        foreach (var entry in entries.Where(e => e.File is not null))
        {
            if (await look.AtAsync(entry, cancellationToken).ConfigureAwait(false) == ValueState.Missing)
                await CreateAsync(entry.File!, NewText(entry), Octal(entry.Mode), cancellationToken).ConfigureAwait(false);
        }

        foreach (var group in entries.Where(e => e.Variable is not null).GroupBy(e => e.EnvFile))
            await AddAsync(group.Key, [.. group], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes what a killed process may have left half written.</summary>
    public async Task SweepAsync(IEnumerable<GenerateDefinition> entries, CancellationToken cancellationToken)
    {
        foreach (var path in entries.SelectMany(e => e.Files).Distinct().Select(f => UnfinishedOf(look.PathOf(f))))
        {
            // Also what writing the unfinished file itself left.
            var left = await files.ListAsync(HostPath.Parent(path)!, cancellationToken).ConfigureAwait(false);
            foreach (var file in left.Where(f => f.Name.Contains(HostPath.Name(path), StringComparison.Ordinal)))
                await files.DeleteAsync(file.Path, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task MakePairAsync(GenerateDefinition entry, CancellationToken cancellationToken)
    {
        if (await look.AtAsync(entry, cancellationToken).ConfigureAwait(false) == ValueState.Missing)
        {
            var key = KeyPair.NewPrivate(entry.Key!);
            redaction.Remember(key);
            await CreateAsync(entry.Private!, key, Octal(entry.Mode), cancellationToken).ConfigureAwait(false);
        }

        // Always of the key on the disk: it is the one that counts, whoever wrote it.
        if (await look.AtAsync(entry, cancellationToken).ConfigureAwait(false) == ValueState.PublicMissing
            && await look.PublicOfAsync(entry, cancellationToken).ConfigureAwait(false) is { } open)
        {
            await CreateAsync(entry.Public!, open, HostModes.OpenFile, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AddAsync(string file, IReadOnlyList<GenerateDefinition> entries, CancellationToken cancellationToken)
    {
        var missing = new List<GenerateDefinition>();
        foreach (var entry in entries)
        {
            if (await look.AtAsync(entry, cancellationToken).ConfigureAwait(false) == ValueState.Missing)
                missing.Add(entry);
        }

        if (missing.Count == 0)
            return;
        var path = look.PathOf(file);
        var there = await look.EnvAsync(file, cancellationToken).ConfigureAwait(false);
        var values = missing.Select(e => (e.Variable!, NewText(e))).ToList();
        var text = (there ?? EnvFile.Parse([], path)).WithAdded(values, path);
        if (there is null)
            await CreateAsync(file, Encoding.UTF8.GetString(text), HostModes.PrivateFile, cancellationToken).ConfigureAwait(false);
        else
            await files.WriteAtomicAsync(path, text, HostModes.PrivateFile, cancellationToken).ConfigureAwait(false);
    }

    private string NewText(GenerateDefinition entry)
    {
        if (entry.Random is not { } form)
            return entry.Value!;
        var text = RandomText.New(form, entry.Size);
        redaction.Remember(text);
        return text;
    }

    /// <summary>Under another name first, then by a rename that replaces nothing.</summary>
    private async Task CreateAsync(string file, string text, int mode, CancellationToken cancellationToken)
    {
        var path = look.PathOf(file);
        await files.CreateFolderAsync(HostPath.Parent(path)!, HostModes.PrivateFolder, cancellationToken).ConfigureAwait(false);
        var unfinished = UnfinishedOf(path);
        await files.DeleteAsync(unfinished, cancellationToken).ConfigureAwait(false);
        await files.WriteAtomicAsync(unfinished, Encoding.UTF8.GetBytes(text), mode, cancellationToken).ConfigureAwait(false);
        try
        {
            await files.RenameAsync(unfinished, path, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.HostFileFailed)
        {
            // Somebody was quicker: theirs counts.
            if (await files.StatAsync(path, cancellationToken).ConfigureAwait(false) is null)
                throw;
            await files.DeleteAsync(unfinished, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string UnfinishedOf(string path) => HostPath.Join(HostPath.Parent(path)!, $".{HostPath.Name(path)}{Unfinished}");

    private static int Octal(string mode) => Convert.ToInt32(mode, 8);
}
