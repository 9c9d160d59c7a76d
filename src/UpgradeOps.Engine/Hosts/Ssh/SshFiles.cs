using System.Globalization;

namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>Files of a host behind SSH. Times are whole seconds of its clock.</summary>
internal sealed class SshFiles(SshHost host) : IHostFiles
{
    public async Task<HostFile?> StatAsync(string path, CancellationToken cancellationToken)
    {
        var full = Checked(path);
        full = full.Length > 1 ? full.TrimEnd('/') : full;
        var mark = SshSession.NewMark();
        return await BytesAsync(path, FileScripts.Stat(full, mark), cancellationToken).ConfigureAwait(false) is { } output
            ? FileRecords.Stat(output, mark, full)
            : null;
    }

    public async Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var (answer, bytes) = await AskBytesAsync(FileScripts.Read(Checked(path)), cancellationToken).ConfigureAwait(false);
        if (answer.ExitCode == 0)
            return bytes;
        return IsMissing(answer.Error) ? null : throw Failed(path, answer);
    }

    public async Task<Stream> OpenReadAsync(string path, long from, CancellationToken cancellationToken)
    {
        Expect(path, (await host.AskAsync(FileScripts.CheckReadable(Checked(path)), repeatable: true, cancellationToken).ConfigureAwait(false)).Answer);
        return await SshReadStream.OpenAsync(host, FileScripts.Read(path, from), answer => Expect(path, answer), cancellationToken).ConfigureAwait(false);
    }

    public async Task<Stream> CreateAsync(string path, int mode, CancellationToken cancellationToken)
    {
        if (await StatAsync(path, cancellationToken).ConfigureAwait(false) is not null)
            throw new AppException(ErrorIds.HostFileFailed, $"{path} on {host.Address}: it exists already.", path);
        return await SshWriteStream.OpenAsync(host, FileScripts.Create(path, mode), answer => Expect(path, answer), cancellationToken).ConfigureAwait(false);
    }

    public async Task WriteAtomicAsync(string path, ReadOnlyMemory<byte> bytes, int mode, CancellationToken cancellationToken)
    {
        var script = FileScripts.WriteAtomic(Checked(path), bytes.Length, mode, Guid.NewGuid().ToString("N"));
        var answer = await host.UseAsync(
            repeatable: true,
            session => SshTransfer.RunAsync(session, script, new MemoryStream(bytes.ToArray(), writable: false), Stream.Null, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        Expect(path, answer);
    }

    public Task CreateFolderAsync(string path, int mode, CancellationToken cancellationToken) => DoAsync(path, FileScripts.CreateFolder(Checked(path), mode), cancellationToken);

    public async Task<IReadOnlyList<HostFile>> ListAsync(string path, CancellationToken cancellationToken)
    {
        var mark = SshSession.NewMark();
        return await BytesAsync(path, FileScripts.List(Checked(path), mark), cancellationToken).ConfigureAwait(false) is { } output
            ? FileRecords.List(output, mark, path)
            : [];
    }

    public async Task CopyFolderAsync(string from, string to, CancellationToken cancellationToken)
    {
        // Asked first, so that what is there after a lost try is known to be ours.
        if (await StatAsync(to, cancellationToken).ConfigureAwait(false) is not null)
            throw new AppException(ErrorIds.HostFileFailed, $"{to} on {host.Address}: it exists already.", to);
        var id = Guid.NewGuid().ToString("N");
        Expect(to, await TryAsync(again => FileScripts.CopyFolder(Checked(from), Checked(to), id, again), cancellationToken).ConfigureAwait(false));
    }

    public async Task RenameAsync(string from, string to, CancellationToken cancellationToken) =>
        Expect(from, await TryAsync(again => FileScripts.Rename(Checked(from), Checked(to), again), cancellationToken).ConfigureAwait(false));

    public Task DeleteAsync(string path, CancellationToken cancellationToken) => DoAsync(path, FileScripts.Delete(Checked(path)), cancellationToken);

    public Task LinkAsync(string path, string target, CancellationToken cancellationToken) =>
        DoAsync(path, FileScripts.Link(Checked(path), target, Guid.NewGuid().ToString("N")), cancellationToken);

    /// <summary>By the host's own sha256sum: a round trip for all files, not several for each.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> HashAsync(string folder, CancellationToken cancellationToken)
    {
        var (answer, bytes) = await AskBytesAsync(FileScripts.Hash(Checked(folder)), cancellationToken).ConfigureAwait(false);
        // One that cannot be read, or a host without the tool: whoever reads them one by one is told which, or gets along.
        return answer.ExitCode == 0 ? FileRecords.Hashes(System.Text.Encoding.UTF8.GetString(bytes)) : null;
    }

    public async Task<long> FreeSpaceAsync(string path, CancellationToken cancellationToken)
    {
        var (answer, output) = await host.AskAsync(FileScripts.FreeSpace(Checked(path)), repeatable: true, cancellationToken).ConfigureAwait(false);
        Expect(path, answer);
        return long.TryParse(output.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes)
            ? kibibytes * 1024
            : throw new AppException(ErrorIds.HostFileFailed, $"{path} on {host.Address}: df does not tell how much room there is.", path);
    }

    private string Checked(string path) => path.StartsWith('/')
        ? path
        : throw new AppException(ErrorIds.HostFileFailed, $"'{path}' is not an absolute path of {host.Address}.", path);

    /// <param name="script">Told whether it may have run before.</param>
    private async Task<SshAnswer> TryAsync(Func<bool, string> script, CancellationToken cancellationToken)
    {
        var again = false;
        return await host.UseAsync(
            repeatable: true,
            session =>
            {
                var text = script(again);
                again = true;
                return SshTransfer.RunAsync(session, text, null, Stream.Null, cancellationToken);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task DoAsync(string path, string script, CancellationToken cancellationToken) =>
        Expect(path, (await host.AskAsync(script, repeatable: true, cancellationToken).ConfigureAwait(false)).Answer);

    /// <returns>What it printed; null when there is nothing of that path.</returns>
    private async Task<string?> BytesAsync(string path, string script, CancellationToken cancellationToken)
    {
        var (answer, bytes) = await AskBytesAsync(script, cancellationToken).ConfigureAwait(false);
        if (answer.ExitCode == FileScripts.Nothing)
            return null;
        Expect(path, answer);
        return System.Text.Encoding.UTF8.GetString(bytes);
    }

    private Task<(SshAnswer Answer, byte[] Bytes)> AskBytesAsync(string script, CancellationToken cancellationToken) =>
        host.UseAsync(
            repeatable: true,
            async session =>
            {
                using var output = new MemoryStream();
                var answer = await SshTransfer.RunAsync(session, script, null, output, cancellationToken).ConfigureAwait(false);
                return (answer, output.ToArray());
            },
            cancellationToken);

    private void Expect(string path, SshAnswer answer)
    {
        if (answer.ExitCode != 0)
            throw Failed(path, answer);
    }

    private AppException Failed(string path, SshAnswer answer) =>
        answer.IsDiskFull
            ? new(ErrorIds.DiskTooFull, $"{path} cannot be written, because its disk on {host.Address} is full. What stood there before still does.", path)
            : new(ErrorIds.HostFileFailed, $"{path} on {host.Address}: {answer.Reason}", path);

    // dash and BusyBox say it of their own redirection in other words than bash.
    private static bool IsMissing(string error) =>
        error.Contains("No such file or directory", StringComparison.Ordinal) || error.Contains("no such file", StringComparison.OrdinalIgnoreCase)
        || error.Contains("Not a directory", StringComparison.Ordinal) || error.Contains("nonexistent directory", StringComparison.Ordinal)
        || error.Contains("No such file", StringComparison.Ordinal);
}
