using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts.Ssh;

namespace UpgradeOps.Engine.Backups.Stores.Ssh;

/// <summary>The folder of one application on an SSH host, and what goes wrong between here and it in the words of the catalogue.</summary>
internal sealed class SshPlace(SshStoreDefinition definition, string application, SshHost host)
{
    public SshHost Host => host;

    public StoreScripts Scripts { get; } = new(definition.Folder, application);

    /// <summary>For a person, and as an address.</summary>
    public string Location => $"{definition.Host}{definition.Folder}/{application}";

    /// <summary>Of one backup, over there.</summary>
    public string FolderOf(string backupId) => $"{definition.Folder}/{application}/{backupId}";

    /// <summary>Runs a script that may run again.</summary>
    /// <param name="known">Exit codes that the caller understands, beside 0.</param>
    /// <exception cref="AppException">One of <c>UpgradeOps.Stores.*</c>.</exception>
    public Task<(SshAnswer Answer, byte[] Output)> AskAsync(string script, byte[]? input, int[] known, CancellationToken cancellationToken) =>
        RunAsync(script, input is null ? null : () => new MemoryStream(input, writable: false), repeatable: true, known, cancellationToken);

    /// <summary>Runs a script.</summary>
    /// <param name="input">Opened once for each time that it runs.</param>
    /// <exception cref="AppException">One of <c>UpgradeOps.Stores.*</c>; <see cref="ErrorIds.HostConnectionLost"/> when it is not repeatable.</exception>
    public async Task<(SshAnswer Answer, byte[] Output)> RunAsync(string script, Func<Stream>? input, bool repeatable, int[] known, CancellationToken cancellationToken)
    {
        var (answer, output) = await ReachAsync(
            () => host.UseAsync(
                repeatable,
                async session =>
                {
                    using var said = new MemoryStream();
                    var content = input?.Invoke();
                    await using ((content ?? Stream.Null).ConfigureAwait(false))
                        return (await SshTransfer.RunAsync(session, script, content, said, cancellationToken).ConfigureAwait(false), said.ToArray());
                },
                cancellationToken),
            passLost: !repeatable).ConfigureAwait(false);
        Expect(answer, known);
        return (answer, output);
    }

    /// <param name="passLost">True to let a lost connection through as it is.</param>
    public async Task<T> ReachAsync<T>(Func<Task<T>> work, bool passLost = false)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (AppException e) when (!passLost || e.ErrorId != ErrorIds.HostConnectionLost)
        {
            throw Explain(e);
        }
    }

    /// <exception cref="AppException">One of <c>UpgradeOps.Stores.*</c>, unless the script ended well, or with a code that the caller knows.</exception>
    public void Expect(SshAnswer answer, params int[] known)
    {
        if (answer.ExitCode is { } code && (code == 0 || known.Contains(code)))
            return;
        throw answer switch
        {
            { ExitCode: StoreScripts.NoFolder } => Make(ErrorIds.StoreFolderMissing, $"There is no folder {definition.Folder} on {definition.Host} that this login may enter."),
            { ExitCode: FileScripts.Busy } => Make(ErrorIds.StoreFailed, $"{Location} cannot be written to: another process has held .guard.lock for 20 s."),
            { IsDiskFull: true } => Make(ErrorIds.StoreFull, $"{Location} has no room left: {answer.Reason}"),
            _ when IsDenied(answer.Error) => Make(
                ErrorIds.StoreUnauthorized, $"Whoever logs in to {definition.Host} may not do this in {definition.Folder}: {answer.Reason}", $"Let {definition.Folder} belong to that login, or name another one in store.ssh.host; then run the same command again."),
            _ => Make(ErrorIds.StoreFailed, $"{Location} failed: {answer.Reason}"),
        };
    }

    public AppException Explain(AppException e) => e.ErrorId switch
    {
        ErrorIds.HostUnreachable or ErrorIds.HostConnectionLost => Make(ErrorIds.StoreUnreachable, $"{Location} does not answer: {e.Message}", inner: e),
        ErrorIds.HostKeyUnknown or ErrorIds.HostKeyChanged or ErrorIds.HostLoginRefused => Make(ErrorIds.StoreUnauthorized, $"{Location} cannot be used: {e.Message}", e.Error.RecommendedAction, e),
        ErrorIds.HostCommandMissing or ErrorIds.HostFileFailed or ErrorIds.HostCommandFailed => Make(ErrorIds.StoreFailed, $"{Location} cannot be used: {e.Message}", e.Error.RecommendedAction, e),
        _ => e,
    };

    public AppException Make(string errorId, string message, string? action = null, Exception? inner = null) => new(errorId, message, Location, action, inner);

    private static bool IsDenied(string error) =>
        error.Contains("Permission denied", StringComparison.Ordinal) || error.Contains("Operation not permitted", StringComparison.Ordinal)
        || error.Contains("Read-only file system", StringComparison.Ordinal);
}
