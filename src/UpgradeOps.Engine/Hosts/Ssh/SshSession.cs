using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>One connection with a shell of ours at its other end (<see cref="RemoteProgram"/>), for one exchange after another.</summary>
internal sealed class SshSession : IAsyncDisposable
{
    private static readonly TimeSpan GreetingLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ClosingLimit = TimeSpan.FromSeconds(3);

    private readonly Process _process;

    private SshSession(SshAddress address, Process process)
    {
        Address = address;
        _process = process;
        Input = process.StandardInput.BaseStream;
        Output = new MarkReader(process.StandardOutput.BaseStream);
        Error = new MarkReader(process.StandardError.BaseStream);
    }

    public SshAddress Address { get; }

    /// <summary>What runs over there belongs to it.</summary>
    public RemoteGroup? Group { get; private set; }

    /// <summary>By the provider's steady clock: when the other side was last heard.</summary>
    public long HeardAt { get; set; }

    /// <summary>True when no further exchange can follow.</summary>
    public bool IsSpent { get; set; }

    public bool HasEnded => _process.HasExited;

    internal Stream Input { get; }

    internal MarkReader Output { get; }

    internal MarkReader Error { get; }

    /// <exception cref="AppException">
    /// <see cref="ErrorIds.HostUnreachable"/>, <see cref="ErrorIds.HostKeyUnknown"/>, <see cref="ErrorIds.HostKeyChanged"/>,
    /// <see cref="ErrorIds.HostLoginRefused"/>, or <see cref="ErrorIds.HostCommandMissing"/> without an SSH client here.
    /// </exception>
    public static async Task<SshSession> OpenAsync(SshAddress address, SshOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var greeting = NewMark();
        var session = new SshSession(address, SshClient.Start(address, options, SshCommandLine.Arguments(address, options, RemoteProgram.Bootstrap(greeting))));
        using var limit = new CancellationTokenSource(GreetingLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await session.GreetAsync(Encoding.ASCII.GetBytes(greeting), either.Token).ConfigureAwait(false);
            session.HeardAt = time.GetTimestamp();
            return session;
        }
        catch (Exception e)
        {
            session.Kill();
            session._process.Dispose();
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new AppException(ErrorIds.HostUnreachable, $"{address} does not answer: no shell within {GreetingLimit.TotalSeconds:0} s.", address.ToString());
            throw;
        }
    }

    public static string NewMark() => Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    /// <summary>Ends the connection at once; what runs over there ends with it as soon as the host notices.</summary>
    public void Kill()
    {
        IsSpent = true;
        SshClient.Kill(_process);
    }

    /// <summary>Lets the other side end by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!IsSpent)
        {
            try
            {
                await Input.DisposeAsync().ConfigureAwait(false);
                await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(ClosingLimit, TimeProvider.System).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                // It has ended already, or does not listen any more.
            }
        }

        Kill();
        _process.Dispose();
    }

    private async Task GreetAsync(byte[] greeting, CancellationToken cancellationToken)
    {
        var said = new TailStream();
        var listening = Error.CopyToAsync(said, greeting, cancellationToken);
        await SendProgramAsync(cancellationToken).ConfigureAwait(false);
        var first = await AwaitMarkAsync(greeting, cancellationToken).ConfigureAwait(false);
        var second = first is null ? null : await AwaitMarkAsync(greeting, cancellationToken).ConfigureAwait(false);
        await listening.ConfigureAwait(false);
        if (second is null)
        {
            await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            throw first is null
                ? SshFailure.OfOpening(Address, _process.ExitCode, said.ToString())
                : SshFailure.OfOpening(Address, 1, $"{said}\nthe shell over there does not get as far as our program; it needs a dd that knows iflag=fullblock, mktemp and mkfifo.".TrimStart());
        }

        await Error.ReadLineAsync(greeting, cancellationToken).ConfigureAwait(false);
        Group = RemoteGroup.Parse(second);
    }

    private async Task<string?> AwaitMarkAsync(byte[] greeting, CancellationToken cancellationToken)
    {
        // Whatever the login's start-up files print stands before it.
        await Output.CopyToAsync(Stream.Null, greeting, cancellationToken).ConfigureAwait(false);
        return await Output.ReadLineAsync(greeting, cancellationToken).ConfigureAwait(false);
    }

    private async Task SendProgramAsync(CancellationToken cancellationToken)
    {
        var program = Encoding.UTF8.GetBytes(RemoteProgram.Loop.ReplaceLineEndings("\n"));
        try
        {
            await Input.WriteAsync(Encoding.ASCII.GetBytes($"{program.Length}\n"), cancellationToken).ConfigureAwait(false);
            await Input.WriteAsync(program, cancellationToken).ConfigureAwait(false);
            await Input.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It has ended, and says why on its standard error.
        }
    }
}
