using System.Diagnostics;

namespace UpgradeOps.Engine.Hosts.Local;

/// <summary>Copies a stream into a command, and closes its input at the end.</summary>
internal static class StandardInput
{
    private const int BufferSize = 81920;

    /// <summary>A command that stops reading is no failure: its exit code tells whether it had enough. A source that fails is one.</summary>
    public static async Task FeedAsync(Process process, Stream? input, CancellationToken cancellationToken)
    {
        var standardInput = process.StandardInput.BaseStream;
        if (input is not null)
            await CopyAsync(input, standardInput, cancellationToken).ConfigureAwait(false);
        try
        {
            await standardInput.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It has closed its end already.
        }
    }

    private static async Task CopyAsync(Stream input, Stream standardInput, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        int count;
        while ((count = await input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            try
            {
                await standardInput.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }
            catch (IOException)
            {
                return;
            }
        }
    }
}
