using System.Diagnostics;
using System.Text;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>A TCP connection that the host makes for us (<c>ssh -W</c>): what listens on its loopback address only is reached too.</summary>
internal sealed class SshTunnel : DuplexStream
{
    /// <summary>A client whose connection broke ends with the output; one whose other side only sends no more may live on.</summary>
    private static readonly TimeSpan EndingLimit = TimeSpan.FromMilliseconds(500);

    private readonly Process _process;
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly StringBuilder _said = new();
    private bool _heard;
    private bool _ended;
    private bool _closed;

    private SshTunnel(Process process)
    {
        _process = process;
        _input = process.StandardInput.BaseStream;
        _output = process.StandardOutput.BaseStream;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_said)
                _said.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
    }

    /// <summary>Begins to connect; that nobody listens, or that the host cannot be reached, is told by the first read.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.HostCommandMissing"/>: there is no SSH client.</exception>
    public static SshTunnel Open(SshAddress address, SshOptions options, string host, int port) =>
        new(SshClient.Start(address, options, SshCommandLine.Forward(address, options, host, port)));

    /// <exception cref="IOException">Nothing came, and why. <see cref="LostConnectionException"/>: the way to the host broke.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await _output.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (count > 0 || _ended || buffer.Length == 0)
        {
            _heard |= count > 0;
            return count;
        }

        var ended = await EndsAsync(cancellationToken).ConfigureAwait(false);
        if (ended && _process.ExitCode != 0)
        {
            lock (_said)
                throw Failure(_said.ToString());
        }

        _ended = true;
        return _heard ? 0 : throw new IOException("on the host: the connection was closed without an answer");
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await _input.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            await _input.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The client has ended; the next read says why.
        }
    }

    /// <summary>What the client said, without the words of its own machinery.</summary>
    internal static IOException Failure(string said)
    {
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.FirstOrDefault(l => l.Contains("administratively prohibited", StringComparison.Ordinal)) is not null)
            return new IOException("the SSH server forwards no connections (AllowTcpForwarding); allow it, or ask with 'from: runner'");
        const string mark = "open failed: ";
        var refused = lines.FirstOrDefault(l => l.Contains(mark, StringComparison.Ordinal));
        return refused is not null
            ? new IOException($"on the host: {refused[(refused.IndexOf(mark, StringComparison.Ordinal) + mark.Length)..]}")
            : new LostConnectionException($"the SSH connection brought no answer: {lines.LastOrDefault() ?? "it ended"}");
    }

    /// <returns>False when it goes on after its output has ended, and something came before.</returns>
    private async Task<bool> EndsAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (_heard)
            limit.CancelAfter(EndingLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_closed)
        {
            _closed = true;
            SshClient.Kill(_process);
            _process.Dispose();
        }

        base.Dispose(disposing);
    }
}
