using System.Text;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>How a script ended over there.</summary>
/// <param name="Status">An exit code, or a word of <see cref="CommandScript"/>.</param>
internal sealed record SshAnswer(string Status, string Error)
{
    public int? ExitCode => int.TryParse(Status, out var code) ? code : null;

    public bool IsDiskFull => Error.Contains("No space left on device", StringComparison.Ordinal) || Error.Contains("Disk quota exceeded", StringComparison.Ordinal);

    /// <summary>What a person is told of a script that failed.</summary>
    public string Reason => Error.Trim() is { Length: > 0 } text ? text : $"it ended with {Status} and said nothing.";
}

/// <summary>One script with its standard input and its outputs, over a session that does nothing else meanwhile.</summary>
internal sealed class SshExchange
{
    private readonly SshSession _session;
    private readonly byte[] _mark;
    private readonly TailStream _error = new();
    private readonly Task<string?> _errorEnd;
    private bool _inputEnded;

    private SshExchange(SshSession session, byte[] mark, CancellationToken cancellationToken)
    {
        _session = session;
        _mark = mark;
        _errorEnd = ReadErrorAsync(cancellationToken);
    }

    /// <param name="hasInput">False to end the script's standard input at once.</param>
    public static async Task<SshExchange> BeginAsync(SshSession session, string script, bool hasInput, CancellationToken cancellationToken)
    {
        var mark = SshSession.NewMark();
        var exchange = new SshExchange(session, Encoding.ASCII.GetBytes(mark), cancellationToken);
        var body = Encoding.UTF8.GetBytes(script.ReplaceLineEndings("\n"));
        await exchange.SendAsync((byte[])[.. Encoding.ASCII.GetBytes($"{body.Length} {mark}\n"), .. body, .. hasInput ? [] : "end\n"u8.ToArray()], cancellationToken).ConfigureAwait(false);
        exchange._inputEnded = !hasInput;
        return exchange;
    }

    /// <summary>Sends a piece of standard input. A script that has ended, or a connection that has, is told by <see cref="FinishAsync"/>.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        if (piece.Length == 0)
            return;
        await SendAsync(Encoding.ASCII.GetBytes($"{piece.Length}\n"), cancellationToken).ConfigureAwait(false);
        await SendAsync(piece, cancellationToken).ConfigureAwait(false);
    }

    public async Task EndInputAsync(CancellationToken cancellationToken)
    {
        await SendAsync("end\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        _inputEnded = true;
    }

    /// <returns>0 at the end of the script's standard output.</returns>
    public ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken) => _session.Output.ReadAsync(target, _mark, cancellationToken);

    public Task CopyOutputAsync(Stream target, CancellationToken cancellationToken) => _session.Output.CopyToAsync(target, _mark, cancellationToken);

    /// <summary>After the end of the output.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.HostConnectionLost"/>.</exception>
    public async Task<SshAnswer> FinishAsync(CancellationToken cancellationToken)
    {
        var status = await _session.Output.ReadLineAsync(_mark, cancellationToken).ConfigureAwait(false);
        var errorStatus = status is null ? null : await _errorEnd.ConfigureAwait(false);
        if (status is null || errorStatus is null)
        {
            _session.Kill();
            await ((Task)_errorEnd).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw SshFailure.Lost(_session.Address, _error.ToString());
        }

        if (_inputEnded)
            await SendAsync("next\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        else
            // It ended without reading all; what is under way would be taken for the next request.
            _session.IsSpent = true;
        return new SshAnswer(status, _error.ToString());
    }

    private async Task<string?> ReadErrorAsync(CancellationToken cancellationToken)
    {
        await _session.Error.CopyToAsync(_error, _mark, cancellationToken).ConfigureAwait(false);
        return await _session.Error.ReadLineAsync(_mark, cancellationToken).ConfigureAwait(false);
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _session.Input.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            await _session.Input.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The end of the outputs tells it too, and why.
        }
    }
}
