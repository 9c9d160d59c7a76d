using System.Globalization;
using System.Text;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Releases.Git;

/// <summary>
/// A repository of releases, read with the git of the application's host. A bare copy beside the application takes what is fetched; nobody's
/// checkout is written to. The copy can be deleted at any time: it is made anew.
/// </summary>
internal sealed class GitRepository
{
    private readonly IHost _host;
    private readonly string _declared;
    private readonly string _copy;
    private readonly GitAccess _access;

    /// <summary>Where everything of ours stands in a folder that is somebody's own, such as that of a compose file.</summary>
    public const string OwnFolder = ".upgradeops";

    private GitRepository(AppDefinition definition, string declared, IHost host, ISecretResolver secrets)
    {
        _host = host;
        _declared = declared;
        _copy = HostPath.Join(definition.Platform.Directory, definition.Platform.Compose is null ? "source" : OwnFolder, "repository.git");
        _access = new GitAccess(definition.Releases, secrets);
    }

    /// <summary>As the definition names it; what a person is told.</summary>
    public string Name => _declared;

    /// <summary>A folder on the host rather than an address: a repository, or somebody's checkout.</summary>
    public bool IsFolder => !GitAddress.IsUrl(_declared);

    /// <returns>Null when the application's releases come from elsewhere.</returns>
    public static GitRepository? For(AppDefinition definition, IHost host, ISecretResolver secrets) =>
        definition.Releases.Git is { } git ? new GitRepository(definition, git, host, secrets) : null;

    /// <summary>Asks the remote alone; writes nothing.</summary>
    public async Task<GitRefs> AskAsync(CancellationToken cancellationToken)
    {
        var address = await AddressAsync(cancellationToken).ConfigureAwait(false);
        var (result, output) = await StreamAsync(GitScripts.Ask, address, [], cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? GitRefs.FromRemote(output) : throw Failed(result, "its tags and branches cannot be listed");
    }

    /// <summary>Brings the copy to where the repository is.</summary>
    public async Task<GitRefs> FetchAsync(CancellationToken cancellationToken)
    {
        var address = await AddressAsync(cancellationToken).ConfigureAwait(false);
        var fetched = await RunAsync(GitScripts.Sync, address, [_copy], cancellationToken).ConfigureAwait(false);
        if (!fetched.Succeeded && GitFailure.IsDamagedCopy(fetched))
        {
            await RunAsync(GitScripts.Discard, null, [_copy, _copy], cancellationToken).ConfigureAwait(false);
            fetched = await RunAsync(GitScripts.Sync, address, [_copy], cancellationToken).ConfigureAwait(false);
        }

        if (!fetched.Succeeded || GitFailure.IsShallow(fetched))
            throw Failed(fetched, "it cannot be fetched");
        var (result, output) = await StreamAsync(GitScripts.Refs, null, [_copy], cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? GitRefs.FromCopy(output) : throw Failed(result, "the copy of its tags and branches cannot be read");
    }

    /// <summary>Looks a ref or the beginning of a commit's id up in the copy.</summary>
    /// <returns>Null when the copy has no such commit.</returns>
    public async Task<GitCommit?> DescribeAsync(string name, CancellationToken cancellationToken)
    {
        var result = await RunAsync(GitScripts.Describe, null, [_copy, name], cancellationToken).ConfigureAwait(false);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return result.Succeeded && lines.Length == 4
            ? new GitCommit(lines[0], DateTimeOffset.FromUnixTimeSeconds(Number(lines[1])), Number(lines[2]), (int)Number(lines[3]))
            : null;
    }

    /// <returns>What a tag's author wrote with it; null when it is no more than a name.</returns>
    public async Task<string?> AnnotationAsync(string tag, CancellationToken cancellationToken)
    {
        var output = (await RunAsync(GitScripts.Annotation, null, [_copy, GitRefs.RefOfTag(tag)], cancellationToken).ConfigureAwait(false)).Output;
        return output.StartsWith("tag\n", StringComparison.Ordinal) && GitText.Lines(output["tag\n".Length..]).Trim() is { Length: > 0 } text ? text : null;
    }

    /// <returns>What the commit's changelog says about a version; null when it has none, or says nothing.</returns>
    public async Task<string?> ChangelogAsync(string commit, string version, CancellationToken cancellationToken)
    {
        var output = (await RunAsync(GitScripts.Changelog, null, [_copy, commit], cancellationToken).ConfigureAwait(false)).Output;
        return ChangelogSection.Find(GitText.Lines(output), version);
    }

    /// <returns>The id of the commit that was signed.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.SignatureInvalid"/>: the tag has no signature that this host trusts.</exception>
    public async Task<string> VerifyTagAsync(string tag, CancellationToken cancellationToken)
    {
        var result = await RunAsync(GitScripts.Verify, null, [_copy, GitRefs.RefOfTag(tag)], cancellationToken).ConfigureAwait(false);
        // The name within the signature counts: an old signed tag under a new name is none of its author's.
        var lines = result.Output.Split('\n');
        var signed = lines[0].Split(' ', 2) is ["tag", var name] ? name : null;
        if (result.Succeeded && signed == tag && lines is [_, { Length: >= 40 } commit, ..])
            return commit;
        var why = result.ExitCode == GitScripts.NoGit ? "git is not installed"
            : signed is null ? "it is a plain name without a signature"
            : signed != tag ? $"its author signed it as '{GitText.Line(signed)}'"
            : GitText.Line(result.Error.Trim()) is { Length: > 0 } words ? words : "it has no signature";
        throw new AppException(ErrorIds.SignatureInvalid, $"{_declared}: the signature of tag {tag} does not hold on {_host.Address}: {why}", tag);
    }

    /// <summary>How two commits are related, and what the second adds to the first.</summary>
    public async Task<GitLog> LogAsync(string from, string to, CancellationToken cancellationToken) =>
        GitLog.Parse((await RunAsync(GitScripts.Log, null, [_copy, from, to], cancellationToken).ConfigureAwait(false)).Output);

    public async Task<bool> HoldsAsync(string commit, string path, CancellationToken cancellationToken) =>
        (await RunAsync(GitScripts.Holds, null, [_copy, commit, path], cancellationToken).ConfigureAwait(false)).Succeeded;

    /// <returns>A file of a commit; null when the commit has no such file.</returns>
    public async Task<byte[]?> ReadAsync(string commit, string path, CancellationToken cancellationToken)
    {
        await RequireAsync(commit, cancellationToken).ConfigureAwait(false);
        if (await KindAsync(commit, path, cancellationToken).ConfigureAwait(false) != GitKind.File)
            return null;
        using var bytes = new MemoryStream();
        var result = await _host.StreamAsync(await CommandAsync(GitScripts.Blob, null, [_copy, commit, path], cancellationToken).ConfigureAwait(false), null, bytes, cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? bytes.ToArray() : throw Failed(result, $"{path} of commit {commit} cannot be read");
    }

    /// <summary>The files directly in a folder of a commit, by name, as a checkout would have them. Links are left out.</summary>
    /// <param name="path">A dot for the commit's root.</param>
    /// <returns>Null when the commit has no such folder.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.MigrationFilesMissing"/>: it holds too much, or is another repository's.</exception>
    public async Task<IReadOnlyDictionary<string, byte[]>?> ReadFolderAsync(string commit, string path, CancellationToken cancellationToken)
    {
        await RequireAsync(commit, cancellationToken).ConfigureAwait(false);
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".").ToList();
        var folder = string.Join('/', parts);
        if (await KindAsync(commit, folder, cancellationToken).ConfigureAwait(false) != GitKind.Folder)
        {
            await RefuseSubmoduleAsync(commit, parts, cancellationToken).ConfigureAwait(false);
            return null;
        }

        var (listed, lines) = await StreamAsync(GitScripts.Folder, null, [_copy, commit, folder], cancellationToken).ConfigureAwait(false);
        if (!listed.Succeeded)
            throw Failed(listed, $"{path} of commit {commit} cannot be listed");
        var files = GitFolder.List(lines);
        return files.Count > SmallFiles.MostFiles || files.Any(f => f.Size > SmallFiles.LargestFile)
            ? throw SmallFiles.TooMuch($"{path} of commit {commit}")
            : await ReadFilesAsync(commit, folder, [.. files.Select(f => f.Name)], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Files directly in a folder of a commit, by name, as a checkout would have them.</summary>
    /// <param name="folder">Empty for the commit's root.</param>
    /// <param name="names">Of files that the commit has there.</param>
    public async Task<IReadOnlyDictionary<string, byte[]>> ReadFilesAsync(string commit, string folder, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (names.Count == 0)
            return new Dictionary<string, byte[]>();
        await RequireAsync(commit, cancellationToken).ConfigureAwait(false);
        var prefix = folder.Length == 0 ? "" : $"{folder}/";
        var (result, output) = await AskAsync(GitScripts.Files, [_copy, commit, prefix], names.Select(n => prefix + n), cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? GitFolder.Read(output) : throw Failed(result, $"{folder} of commit {commit} cannot be read");
    }

    /// <summary>What a commit has at or below some paths, and whether a folder of the host has it too.</summary>
    /// <param name="folder">Absolute; it stands for a folder of the repository.</param>
    /// <param name="place">That one; a dot for the root.</param>
    /// <param name="paths">Relative to the folder; a dot for all of it.</param>
    public async Task<IReadOnlyList<GitTracked>> CompareAsync(string commit, string folder, string place, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        await RequireAsync(commit, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> below = paths.Contains(".") ? [] : paths;
        var (result, output) = await StreamAsync(GitScripts.Compare, null, [_copy, commit, folder, place == "." ? "" : place, .. below], cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? GitTracked.Read(output) : throw Failed(result, $"commit {commit} cannot be compared with {folder}");
    }

    /// <returns>Of some files of a commit those that git hands to another program when it writes them, such as those that are kept in LFS.</returns>
    /// <param name="paths">Of the repository.</param>
    public async Task<IReadOnlySet<string>> FilteredAsync(string commit, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var (result, output) = await AskAsync(GitScripts.Filters, [_copy, commit], paths, cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? GitTracked.ReadFiltered(Encoding.UTF8.GetString(output)) : throw Failed(result, $"the attributes of commit {commit} cannot be read");
    }

    /// <param name="names">What the script finds on its input, each with a NUL after it.</param>
    private async Task<(CommandResult Result, byte[] Output)> AskAsync(string script, IReadOnlyList<string> arguments, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(names.Select(n => $"{n}\0"))));
        using var output = new MemoryStream();
        var result = await _host.StreamAsync(await CommandAsync(script, null, arguments, cancellationToken).ConfigureAwait(false), input, output, cancellationToken).ConfigureAwait(false);
        return (result, output.ToArray());
    }

    private async Task RefuseSubmoduleAsync(string commit, List<string> parts, CancellationToken cancellationToken)
    {
        for (var count = 1; count <= parts.Count; count++)
        {
            var path = string.Join('/', parts.Take(count));
            if (await KindAsync(commit, path, cancellationToken).ConfigureAwait(false) == GitKind.Submodule)
                throw new AppException(ErrorIds.MigrationFilesMissing, $"{string.Join('/', parts)} of commit {commit} is in the submodule {path}: what is in there can be seen only once the release is installed.", path, "Ask again after the update, or look at the submodule's own repository.");
        }
    }

    /// <param name="path">A dot for the commit's root.</param>
    public async Task<GitKind> KindAsync(string commit, string path, CancellationToken cancellationToken) =>
        (await RunAsync(GitScripts.Kind, null, [_copy, commit, path == "." ? "" : path], cancellationToken).ConfigureAwait(false)).Output.Trim() switch
        {
            "blob" => GitKind.File,
            "tree" => GitKind.Folder,
            "commit" => GitKind.Submodule,
            _ => GitKind.Nothing,
        };

    /// <summary>Whether a file's content is one that it had in a commit, or in one of the last thousand before it that changed it: nobody edited it.</summary>
    public async Task<bool> HadAsync(string commit, string path, byte[] content, CancellationToken cancellationToken)
    {
        using var input = new MemoryStream(content);
        var command = await CommandAsync(GitScripts.Had, null, [_copy, commit, path], cancellationToken).ConfigureAwait(false);
        return (await _host.StreamAsync(command, input, null, cancellationToken).ConfigureAwait(false)).Succeeded;
    }

    /// <summary>Writes a commit's files, with those of its submodules, into a folder of ours that is made anew.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.SubmoduleMissing"/>, or what git failed with.</exception>
    public Task ExportAsync(string commit, string folder, CancellationToken cancellationToken) =>
        WriteAsync(GitScripts.Export, commit, [folder], cancellationToken);

    /// <summary>Makes a folder of ours a checkout of a commit, in which programs find git's own files too.</summary>
    /// <param name="fresh">Without what git ignores there: caches and packages of earlier builds.</param>
    /// <inheritdoc cref="ExportAsync" path="/exception"/>
    public Task CheckOutAsync(string commit, string folder, bool fresh, CancellationToken cancellationToken) =>
        WriteAsync(GitScripts.CheckOut, commit, [folder, fresh ? "-x" : ""], cancellationToken);

    private async Task WriteAsync(string script, string commit, IReadOnlyList<string> more, CancellationToken cancellationToken)
    {
        var submodules = (await RequireAsync(commit, cancellationToken).ConfigureAwait(false)).Submodules;
        var address = submodules > 0 ? await AddressAsync(cancellationToken).ConfigureAwait(false) : null;
        var result = await RunAsync(script, address, [_copy, commit, .. more], cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw Failed(result, $"commit {commit} cannot be written to {more[0]}");
    }

    private async Task<GitCommit> RequireAsync(string commit, CancellationToken cancellationToken)
    {
        if (await DescribeAsync(commit, cancellationToken).ConfigureAwait(false) is { } there)
            return there;
        // The copy may have been deleted since the plan was made.
        await FetchAsync(cancellationToken).ConfigureAwait(false);
        return await DescribeAsync(commit, cancellationToken).ConfigureAwait(false)
            ?? throw new AppException(ErrorIds.ReleaseNotFound, $"{_declared}: commit {commit} is not there any more.", commit);
    }

    /// <summary>Removes a folder of <see cref="ExportAsync"/>, once nobody who was killed writes into it any more.</summary>
    public Task DiscardAsync(string folder, CancellationToken cancellationToken) => RunAsync(GitScripts.Discard, null, [_copy, folder], cancellationToken);

    /// <returns>The commit that is checked out in a folder of the host; null when it is no checkout, or one of another repository.</returns>
    public async Task<string?> CheckedOutAsync(string folder, CancellationToken cancellationToken)
    {
        var head = await RunAsync(GitScripts.Head, null, [folder], cancellationToken).ConfigureAwait(false);
        return head.Succeeded ? (await DescribeAsync(head.Output.Trim(), cancellationToken).ConfigureAwait(false))?.Id : null;
    }

    /// <returns>Commits of a checkout that its origin has not, and lines of what was changed there; null when the repository is no checkout.</returns>
    public async Task<(int Ahead, IReadOnlyList<string> Changed)?> LookAtCheckoutAsync(CancellationToken cancellationToken)
    {
        if (!IsFolder || await OriginAsync(cancellationToken).ConfigureAwait(false) is not { Length: > 0 })
            return null;
        var result = await RunAsync(GitScripts.Checkout, null, [_declared], cancellationToken).ConfigureAwait(false);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return result.Succeeded ? ((int)Number(lines[0]), [.. lines.Skip(1).Select(GitText.Line)]) : throw Failed(result, "the checkout cannot be looked at");
    }

    /// <summary>Where commits are fetched from: what the definition names, or where the checkout that it names comes from.</summary>
    private async Task<string> AddressAsync(CancellationToken cancellationToken)
    {
        if (!IsFolder || await OriginAsync(cancellationToken).ConfigureAwait(false) is not { Length: > 0 } origin)
            return _declared;
        return GitAddress.IsUrl(origin) || origin.Contains(':', StringComparison.Ordinal) ? origin : HostPath.Absolute(origin, _declared);
    }

    private async Task<string> OriginAsync(CancellationToken cancellationToken)
    {
        var result = await RunAsync(GitScripts.Origin, null, [_declared], cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? result.Output.Trim() : throw Failed(result, "it cannot be read");
    }

    private async Task<CommandResult> RunAsync(string script, string? address, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        await _host.RunAsync(await CommandAsync(script, address, arguments, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Where all of the output is needed, however long it is.</summary>
    private async Task<(CommandResult Result, string Output)> StreamAsync(string script, string? address, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        var command = await CommandAsync(script, address, arguments, cancellationToken).ConfigureAwait(false);
        var result = await _host.StreamAsync(command, null, output, cancellationToken).ConfigureAwait(false);
        return (result, Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length));
    }

    /// <summary>Each of the scripts can be run twice: a connection that is lost does not matter.</summary>
    private async Task<HostCommand> CommandAsync(string script, string? address, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        new("sh", ["-c", script, "upgradeops-git", .. arguments])
        {
            Environment = await _access.EnvironmentAsync(address, [_copy], cancellationToken).ConfigureAwait(false),
            IsQuestion = true,
        };

    private AppException Failed(CommandResult result, string what) => GitFailure.Of(result, _host, _declared, what);

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}

/// <param name="Id">Whole.</param>
/// <param name="Submodules">How many folders of other repositories it has.</param>
internal sealed record GitCommit(string Id, DateTimeOffset At, long SizeBytes, int Submodules);

/// <summary>What stands at a path of a commit.</summary>
internal enum GitKind
{
    Nothing,
    File,
    Folder,
    Submodule,
}
