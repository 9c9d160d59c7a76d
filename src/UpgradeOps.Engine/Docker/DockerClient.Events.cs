using System.Globalization;
using System.Text.Json;

namespace UpgradeOps.Engine.Docker;

internal sealed partial class DockerClient
{
    /// <summary>
    /// With what exit code a container ended before it was started again: while it runs, its own record says 0.
    /// </summary>
    /// <returns>Null when the engine no longer knows: it remembers its last 256 events, and none over its own restart.</returns>
    public async Task<int?> FindLastExitCodeAsync(ContainerDetails container, CancellationToken cancellationToken)
    {
        if (container.State.Status is "exited" or "dead" or "restarting")
            return container.State.ExitCode;
        if (!DateTimeOffset.TryParse(container.State.StartedAt, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var started))
            return null;
        // Up to its latest start, by the engine's own clock: a moment that is past, so that the answer ends at once.
        var until = string.Create(CultureInfo.InvariantCulture, $"{started.ToUnixTimeSeconds()}.{started.Ticks % TimeSpan.TicksPerSecond * 100:000000000}");
        var filters = Uri.EscapeDataString($$"""{"container":["{{container.Id}}"],"event":["die"]}""");
        using var response = await SendAsync(HttpMethod.Get, $"events?since=0&until={until}&filters={filters}", null, QuickCall, cancellationToken).ConfigureAwait(false);
        await EnsureAsync(response, container.DisplayName, cancellationToken).ConfigureAwait(false);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        int? last = null;
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
            last = JsonSerializer.Deserialize(line, DockerJson.Default.EngineEvent)?.Actor?.ExitCode ?? last;
        return last;
    }
}

internal sealed record EngineEvent(EventActor? Actor);

internal sealed record EventActor(Dictionary<string, string>? Attributes)
{
    public int? ExitCode => Attributes is not null && Attributes.TryGetValue("exitCode", out var text)
        && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code) ? code : null;
}
