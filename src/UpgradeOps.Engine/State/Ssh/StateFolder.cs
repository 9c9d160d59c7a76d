using System.Globalization;
using System.Text.RegularExpressions;
using UpgradeOps.Engine.Hosts.Ssh;
using UpgradeOps.Engine.State.Folder;

namespace UpgradeOps.Engine.State.Ssh;

/// <summary>The state folder of an application on an SSH host: which it is, and what a script in it has to say.</summary>
/// <param name="declared">Absolute; null for the default of whoever logs in there.</param>
internal sealed partial class StateFolder(string name, SshHost host, string? declared)
{
    private string? _folder = declared;

    public SshHost Host => host;

    /// <summary>For a person. Which default folder it is, is known after the first answer.</summary>
    public string Location => $"{host.Address}{_folder ?? $"/upgradeops/{name}"}";

    public async Task<string> PathAsync(CancellationToken cancellationToken) =>
        _folder ??= Expect(await host.AskAsync(StateScripts.DefaultFolder(name), repeatable: true, cancellationToken).ConfigureAwait(false)).TrimEnd('\n');

    /// <summary>Runs a script that only reads.</summary>
    /// <param name="script">From the folder.</param>
    public async Task<string> AskAsync(Func<string, string> script, CancellationToken cancellationToken)
    {
        var folder = await PathAsync(cancellationToken).ConfigureAwait(false);
        return Expect(await host.AskAsync(script(folder), repeatable: true, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Runs a script that writes. It may run again when the connection is lost.</summary>
    /// <returns>Null when something else was there than it expected.</returns>
    /// <exception cref="AppException">
    /// <see cref="ErrorIds.LockLost"/>: nothing was written. <see cref="ErrorIds.StateUnreachable"/>: the host stayed away; it may have been written.
    /// <see cref="ErrorIds.DiskTooFull"/>, <see cref="ErrorIds.StateNotWritable"/>.
    /// </exception>
    public async Task<string?> WriteAsync(ILease? lease, Func<string, string> script, CancellationToken cancellationToken, ReadOnlyMemory<byte>? input = null)
    {
        var folder = await PathAsync(cancellationToken).ConfigureAwait(false);
        (SshAnswer Answer, string Output) said;
        try
        {
            said = await RunAsync(script(folder), input, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId is ErrorIds.HostConnectionLost or ErrorIds.HostUnreachable)
        {
            throw new AppException(ErrorIds.StateUnreachable, $"The state of {name} cannot be reached in {Location}: {e.Message}", Location, inner: e);
        }

        return said.Answer.ExitCode switch
        {
            StateScripts.Changed => null,
            StateScripts.Lost when lease is not null => throw LeaseRefusal.Lost(name, lease.Fence, FenceOf(said.Output) ?? lease.Fence),
            _ => Expect(said),
        };
    }

    public AppException Damaged(string why) => new(ErrorIds.StateDamaged, $"{Location}: {why}", Location);

    private async Task<(SshAnswer Answer, string Output)> RunAsync(string script, ReadOnlyMemory<byte>? input, CancellationToken cancellationToken)
    {
        if (input is not { } bytes)
            return await host.AskAsync(script, repeatable: true, cancellationToken).ConfigureAwait(false);
        return await host.UseAsync(
            repeatable: true,
            async session =>
            {
                using var output = new MemoryStream();
                using var content = new MemoryStream(bytes.ToArray(), writable: false);
                var answer = await SshTransfer.RunAsync(session, script, content, output, cancellationToken).ConfigureAwait(false);
                return (answer, System.Text.Encoding.UTF8.GetString(output.ToArray()));
            },
            cancellationToken).ConfigureAwait(false);
    }

    private string Expect((SshAnswer Answer, string Output) said) => said.Answer.ExitCode switch
    {
        0 => said.Output,
        StateScripts.Shorter => throw Damaged("a journal is not as it was left: somebody has changed it."),
        FileScripts.Busy => throw new AppException(ErrorIds.StateNotWritable, $"The state of {name} cannot be written in {Location}: another process has held guard.lock for 20 s.", Location),
        _ when said.Answer.IsDiskFull => throw new AppException(ErrorIds.DiskTooFull, $"The journal of {name} cannot be written, because the disk that holds {Location} is full.", Location),
        _ => throw new AppException(ErrorIds.StateNotWritable, $"The state of {name} cannot be used in {Location}: {said.Answer.Reason}", Location),
    };

    private static long? FenceOf(string lease) =>
        FencePattern().Match(lease) is { Success: true } match ? long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex("^\\{\"format\":1,\"fence\":([0-9]{1,18})")]
    private static partial Regex FencePattern();
}
