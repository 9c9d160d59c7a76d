using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Durable;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>A backup's file as a file of the application's host.</summary>
internal static class HostCopy
{
    // The very owner, or nothing: a database that its application may not write is worse than none.
    private const string Resemble = """
        o=$(stat -Lc %u:%g -- "$1") && m=$(stat -Lc %a -- "$1") || exit 1
        [ "$(stat -c %u:%g -- "$2")" = "$o" ] || chown "$o" -- "$2" || exit 1
        chmod "$m" -- "$2"
        """;

    /// <summary>Unpacks it into a new private file, which is on the disk when this returns; one of that name goes first.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupDamaged"/>, or why the host does not take it.</exception>
    public static async Task UnpackAsync(StoredFile file, IHostFiles files, string path, CancellationToken cancellationToken)
    {
        await files.DeleteAsync(path, cancellationToken).ConfigureAwait(false);
        try
        {
            var content = await file.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
            {
                var output = await files.CreateAsync(path, HostModes.PrivateFile, cancellationToken).ConfigureAwait(false);
                await using (output.ConfigureAwait(false))
                {
                    await content.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
                    // Over SSH the end of the writing does it.
                    if (output is FileStream local)
                        local.Flush(flushToDisk: true);
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw file.Damaged(e.Message.TrimEnd('.'), e);
        }
    }

    /// <summary>Gives a file owner, group and mode of another one.</summary>
    public static async Task ResembleAsync(IHost host, string like, string path, CancellationToken cancellationToken)
    {
        if (host.Address == LocalHost.Name)
        {
            if (OperatingSystem.IsWindows())
                return;
            FileOwner.Of(like)?.GiveTo(path);
            File.SetUnixFileMode(path, File.GetUnixFileMode(like));
            return;
        }

        var result = await host.RunAsync(new HostCommand("sh", "-c", Resemble, "upgradeops", like, path) { IsQuestion = true }, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw new AppException(ErrorIds.RestoreFailed, $"{path} on {host.Address} cannot get the owner and mode of {like}: {result.Error.Trim()}", path, "Log in there as a user who may, or give the database to the one who logs in.");
    }
}
