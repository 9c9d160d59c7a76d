namespace UpgradeOps.Engine.Docker;

/// <summary>Feeds a command's standard input.</summary>
internal static class CommandInput
{
    private const int CopyBuffer = 128 * 1024;

    /// <summary>While one piece is on its way, the next is read: a source that unpacks or checks as it goes does so beside the way.</summary>
    /// <exception cref="InputRefusedException">The command ended without reading all.</exception>
    public static async Task FeedAsync(Stream input, Stream command, CancellationToken cancellationToken)
    {
        var (sending, reading) = (new byte[CopyBuffer], new byte[CopyBuffer]);
        var sent = Task.CompletedTask;
        int read;
        while ((read = await input.ReadAsync(reading, cancellationToken).ConfigureAwait(false)) > 0)
        {
            await sent.ConfigureAwait(false);
            (sending, reading) = (reading, sending);
            sent = SendAsync(command, sending.AsMemory(0, read), cancellationToken);
        }

        await sent.ConfigureAwait(false);
    }

    private static async Task SendAsync(Stream command, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await command.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw new InputRefusedException(e);
        }
    }
}

/// <summary>Nobody reads the input any more: the command's exit code and error text say why.</summary>
internal sealed class InputRefusedException(Exception inner) : Exception(inner.Message, inner);
