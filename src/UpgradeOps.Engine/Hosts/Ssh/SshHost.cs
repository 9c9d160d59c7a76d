using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>
/// A machine that is reached with the system's OpenSSH client: the user's configuration, agent, known hosts and jump hosts count. A connection that
/// is lost is made again, and a question is then asked again; what may have changed something is not repeated but told as <see cref="ErrorIds.HostConnectionLost"/>.
/// </summary>
internal sealed class SshHost : IHost
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly SshAddress _address;
    private readonly SshOptions _options;
    private readonly TimeProvider _time;
    private readonly SshConnections _connections;

    public SshHost(SshAddress address, SshOptions options, TimeProvider time)
    {
        _address = address;
        _options = options;
        _time = time;
        _connections = new SshConnections(address, options, time);
        Files = new SshFiles(this);
    }

    public string Address => _address.ToString();

    public IHostFiles Files { get; }

    internal SshConnections Connections => _connections;

    public async Task<CommandResult> RunAsync(HostCommand command, CancellationToken cancellationToken)
    {
        var (answer, output) = await AskAsync(CommandScript.Of(command), command.IsQuestion, cancellationToken).ConfigureAwait(false);
        return Result(command, answer) with { Output = output };
    }

    public async Task<CommandResult> StreamAsync(HostCommand command, Stream? input, Stream? output, CancellationToken cancellationToken)
    {
        var answer = await UseAsync(
            repeatable: false,
            session => SshTransfer.RunAsync(session, CommandScript.Of(command), input, output ?? Stream.Null, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return Result(command, answer);
    }

    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    /// <inheritdoc cref="Dial"/>
    public ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<Stream>(SshTunnel.Open(_address, _options, host, port));
    }

    /// <summary>Runs a script without input and keeps the end of its output.</summary>
    internal Task<(SshAnswer Answer, string Output)> AskAsync(string script, bool repeatable, CancellationToken cancellationToken) =>
        UseAsync(
            repeatable,
            async session =>
            {
                var output = new TailStream();
                var answer = await SshTransfer.RunAsync(session, script, null, output, cancellationToken).ConfigureAwait(false);
                return (answer, output.ToString());
            },
            cancellationToken);

    /// <summary>Works with a session; again with another one when it is lost and that does no harm.</summary>
    internal async Task<T> UseAsync<T>(bool repeatable, Func<SshSession, Task<T>> work, CancellationToken cancellationToken)
    {
        long? lostAt = null;
        while (true)
        {
            var session = await ConnectAsync(lostAt, cancellationToken).ConfigureAwait(false);
            try
            {
                var result = await work(session).ConfigureAwait(false);
                await _connections.ReturnAsync(session).ConfigureAwait(false);
                return result;
            }
            catch (AppException e) when (e.ErrorId == ErrorIds.HostConnectionLost)
            {
                await _connections.DropAsync(session).ConfigureAwait(false);
                lostAt ??= _time.GetTimestamp();
                if (!repeatable || _time.GetElapsedTime(lostAt.Value) > _options.Patience)
                    throw;
            }
            catch
            {
                await _connections.EndAsync(session).ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>A host that has answered before is tried again for a while: nothing was asked of it yet.</summary>
    internal async Task<SshSession> ConnectAsync(long? lostAt, CancellationToken cancellationToken)
    {
        var since = lostAt ?? _time.GetTimestamp();
        while (true)
        {
            try
            {
                return await _connections.TakeAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (AppException e) when (IsPassing(e) && _connections.WasReached && _time.GetElapsedTime(since) < _options.Patience)
            {
                await Task.Delay(Pause, _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static bool IsPassing(AppException e) => e.ErrorId is ErrorIds.HostUnreachable or ErrorIds.HostConnectionLost;

    private CommandResult Result(HostCommand command, SshAnswer answer) => answer.Status switch
    {
        CommandScript.MissingCommand => throw new AppException(ErrorIds.HostCommandMissing, $"There is no command '{command.FileName}' on {Address}.", command.FileName),
        CommandScript.MissingFolder => throw new AppException(ErrorIds.HostFileFailed, $"The folder {command.WorkingDirectory} on {Address}, in which {command.FileName} should run, does not exist.", command.WorkingDirectory),
        _ => new CommandResult(answer.ExitCode ?? -1, "", answer.Error),
    };
}
