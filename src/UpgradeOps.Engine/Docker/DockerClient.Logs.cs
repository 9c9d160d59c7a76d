using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace UpgradeOps.Engine.Docker;

internal sealed partial class DockerClient
{
    /// <summary>Lines that a container wrote, oldest first.</summary>
    /// <param name="tail">How many lines back at most; null for all.</param>
    /// <param name="follow">True to go on until the container ends or this is cancelled.</param>
    public async IAsyncEnumerable<ContainerLogLine> ReadLogsAsync(
        ContainerDetails container, int? tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var count = tail?.ToString(CultureInfo.InvariantCulture) ?? "all";
        var url = $"containers/{Escape(container.Id)}/logs?stdout=1&stderr=1&timestamps=1&tail={count}&follow={(follow ? 1 : 0)}";
        using var response = await SendAsync(HttpMethod.Get, url, null, null, cancellationToken).ConfigureAwait(false);
        await EnsureAsync(response, container.DisplayName, cancellationToken).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var line in LogLines.ReadAsync(stream, raw: container.Config.Tty, cancellationToken).ConfigureAwait(false))
            yield return line;
    }
}

/// <param name="At">When it was written, by the engine's clock.</param>
internal sealed record ContainerLogLine(bool IsError, DateTimeOffset? At, string Text);
