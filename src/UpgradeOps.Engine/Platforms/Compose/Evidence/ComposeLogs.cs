using System.Runtime.CompilerServices;
using System.Threading.Channels;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Engine.Platforms.Compose.Evidence;

/// <summary>The log lines of all containers of an application as one stream.</summary>
/// <param name="find">Looks the containers up.</param>
internal sealed class ComposeLogs(ComposeProject project, Func<CancellationToken, Task<IReadOnlyList<ContainerDetails>>> find)
{
    /// <param name="tail">How many lines back at most, over all containers.</param>
    public async IAsyncEnumerable<LogLine> ReadAsync(int tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var containers = await find(cancellationToken).ConfigureAwait(false);
        var past = new List<LogLine>();
        foreach (var container in containers)
        {
            // Who passes the lines on must know by then what is secret in them.
            foreach (var secret in EnvironmentSecrets.In(container.Config.Env ?? []))
                project.Redaction.Remember(secret);
            await foreach (var line in project.Docker.ReadLogsAsync(container, tail, follow: false, cancellationToken).ConfigureAwait(false))
                past.Add(Describe(container, line));
        }

        foreach (var line in past.OrderBy(l => l.At).TakeLast(tail))
            yield return line;
        if (!follow)
            yield break;

        var lines = Channel.CreateBounded<LogLine>(1000);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var last = past.GroupBy(l => l.Instance).ToDictionary(g => g.Key, g => g.Max(l => l.At));
        var followers = Task.WhenAll(containers
            .Where(c => c.State.Running)
            .Select(c => FollowAsync(c, last.GetValueOrDefault(c.DisplayName), lines.Writer, stop.Token)));
        _ = followers.ContinueWith(t => lines.Writer.TryComplete(t.Exception?.GetBaseException()), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return line;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await followers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Goes on behind what was shown already; the lines in between are not lost.</summary>
    private async Task FollowAsync(ContainerDetails container, DateTimeOffset? after, ChannelWriter<LogLine> lines, CancellationToken cancellationToken)
    {
        await foreach (var line in project.Docker.ReadLogsAsync(container, after is null ? null : 100, follow: true, cancellationToken).ConfigureAwait(false))
        {
            if (after is null || line.At is null || line.At > after)
                await lines.WriteAsync(Describe(container, line), cancellationToken).ConfigureAwait(false);
        }
    }

    private LogLine Describe(ContainerDetails container, ContainerLogLine line) => new()
    {
        Name = project.Definition.Name,
        Instance = container.DisplayName,
        At = line.At,
        Stream = line.IsError ? "stderr" : "stdout",
        Message = line.Text,
    };
}
