using System.Runtime.CompilerServices;

namespace UpgradeOps.Engine.Operations;

/// <summary>Reads what an application's instances wrote.</summary>
public sealed class ReadLogs(EngineSession session)
{
    /// <param name="tail">Lines of each instance to begin with.</param>
    /// <param name="follow">Goes on until cancelled.</param>
    public async IAsyncEnumerable<LogLine> RunAsync(string name, int tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rooms = await session.OpenAsync(name, cancellationToken).ConfigureAwait(false);
        await using (rooms.ConfigureAwait(false))
        {
            await rooms.LearnSecretsAsync(cancellationToken).ConfigureAwait(false);
            await foreach (var line in rooms.Platform.LogsAsync(tail, follow, cancellationToken).ConfigureAwait(false))
            {
                yield return line with { Message = rooms.Redaction.Clean(line.Message) };
            }
        }
    }
}
