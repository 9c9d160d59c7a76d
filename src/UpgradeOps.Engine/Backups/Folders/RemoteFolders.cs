using System.Globalization;
using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Folders;

/// <summary>Folders of another machine, with its own tar. Needs <c>tar</c> and <c>du</c> there: GNU's or BusyBox's.</summary>
internal sealed class RemoteFolders(IHost host) : IFolders
{
    private const int Changed = 1;

    // GNU's keeps parts of a second, sorts, and tells a file that changed (1) from one that cannot be read (2).
    private const string Packer = """
        cd -- "$1" || exit 2
        LC_ALL=C; export LC_ALL
        case $(tar --version 2>/dev/null) in
            *'GNU tar'*) exec tar --format=posix --pax-option=delete=atime,delete=ctime --numeric-owner --sort=name -cf - . ;;
        esac
        tar -cf - . || exit 2
        """;

    private const string Unpacker = """
        umask 077
        mkdir -p -- "$1" && tar -xpf - -C "$1" || exit 1
        sync -f "$1" 2>/dev/null || sync
        """;

    public Task<bool> ExistsAsync(string folder, CancellationToken cancellationToken) => HoldsAsync("[ -d \"$1\" ]", folder, cancellationToken);

    public Task<bool> IsFreeAsync(string path, CancellationToken cancellationToken) => HoldsAsync("[ ! -e \"$1\" ] && [ ! -L \"$1\" ]", path, cancellationToken);

    public async Task<long?> SizeAsync(string folder, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(Script("[ ! -d \"$1\" ] || du -sk -- \"$1\" 2>/dev/null", folder) with { IsQuestion = true }, cancellationToken).ConfigureAwait(false);
        var digits = new string([.. result.Output.TakeWhile(char.IsAsciiDigit)]);
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes * 1024 : null;
    }

    /// <summary>It would compare two machines' clocks.</summary>
    public Task<long?> CountNewerAsync(string folder, DateTimeOffset moment, TimeProvider time, CancellationToken cancellationToken) => Task.FromResult<long?>(null);

    public async Task<ChangeNotes> PackAsync(string folder, Stream tar, CancellationToken cancellationToken)
    {
        var notes = new ChangeNotes();
        var result = await host.StreamAsync(Script(Packer, folder), null, tar, cancellationToken).ConfigureAwait(false);
        var said = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (result.ExitCode is not (0 or Changed))
            throw FolderPacker.Unreadable(folder, said.Length == 0 ? $"tar on {host.Address} ended with exit code {result.ExitCode}." : string.Join(" ", said.TakeLast(3)));
        foreach (var line in said)
            notes.Add(line, changed: result.ExitCode == Changed);
        return notes;
    }

    public async Task UnpackAsync(string folder, Func<CancellationToken, Task<Stream>> open, CancellationToken cancellationToken)
    {
        CommandResult? result = null;
        await Relay.RunAsync(
            // Checked entry by entry on its way.
            (output, token) => TarReroot.WriteAsync(open, ".", output, token),
            async (tar, token) => result = await host.StreamAsync(Script(Unpacker, folder), tar, null, token).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        if (result is { Succeeded: true })
            return;
        var why = result!.Error.Trim();
        throw new AppException(
            why.Contains("No space left", StringComparison.Ordinal) ? ErrorIds.DiskTooFull : ErrorIds.RestoreFailed, $"The archive cannot be unpacked into {folder} on {host.Address}: {why}", folder);
    }

    public async Task RenameAsync(string from, string to, CancellationToken cancellationToken)
    {
        try
        {
            await host.Files.RenameAsync(from, to, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.HostFileFailed)
        {
            throw new IOException(e.Message, e);
        }
    }

    public Task DeleteAsync(string folder, CancellationToken cancellationToken) => host.Files.DeleteAsync(folder, cancellationToken);

    private async Task<bool> HoldsAsync(string script, string path, CancellationToken cancellationToken) =>
        (await host.RunAsync(Script(script, path) with { IsQuestion = true }, cancellationToken).ConfigureAwait(false)).Succeeded;

    private static HostCommand Script(string script, string path) => new("sh", "-c", script, "upgradeops", path);
}
