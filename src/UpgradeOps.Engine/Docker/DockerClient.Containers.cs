using System.Globalization;
using System.Net;
using System.Text.Json;

namespace UpgradeOps.Engine.Docker;

internal sealed partial class DockerClient
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the engine may be busy with a container.</summary>
    private static readonly TimeSpan BusyPatience = TimeSpan.FromSeconds(30);

    /// <summary>Containers in any state that carry all these labels.</summary>
    /// <param name="labels">Each <c>name</c> or <c>name=value</c>.</param>
    public Task<List<ContainerSummary>> ListContainersAsync(IReadOnlyList<string> labels, CancellationToken cancellationToken) =>
        GetAsync($"containers/json?all=1&filters={Filters("label", labels)}", DockerJson.Default.ListContainerSummary, cancellationToken);

    /// <summary>Containers in any state that use a volume, given by its name.</summary>
    public Task<List<ContainerSummary>> ListContainersByVolumeAsync(string volume, CancellationToken cancellationToken) =>
        GetAsync($"containers/json?all=1&filters={Filters("volume", [volume])}", DockerJson.Default.ListContainerSummary, cancellationToken);

    /// <param name="idOrName">Id, beginning of an id, or name.</param>
    public Task<ContainerDetails?> InspectContainerAsync(string idOrName, CancellationToken cancellationToken) =>
        FindAsync($"containers/{Escape(idOrName)}/json", DockerJson.Default.ContainerDetails, cancellationToken);

    /// <summary>All that the engine tells of a container, as its JSON; null when there is none. Holds the environment with its secrets.</summary>
    public async Task<byte[]?> InspectContainerJsonAsync(string idOrName, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, $"containers/{Escape(idOrName)}/json", null, QuickCall, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        await EnsureAsync(response, idOrName, cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <returns>The id of the container, which is not started.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.ImageNotFound"/>: its image is not here.</exception>
    public async Task<string> CreateContainerAsync(string? name, ContainerSpec spec, CancellationToken cancellationToken)
    {
        var path = "containers/create" + (name is null ? "" : "?name=" + Escape(name));
        using var response = await PostAsync(path, spec, DockerJson.Default.ContainerSpec, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            var message = await MessageAsync(response, cancellationToken).ConfigureAwait(false);
            throw new AppException(ErrorIds.ImageNotFound, $"Docker Engine: {message}", spec.Image);
        }

        await EnsureAsync(response, name ?? spec.Image, cancellationToken).ConfigureAwait(false);
        return (await ReadAsync(response, DockerJson.Default.CreatedId, "the new container", cancellationToken).ConfigureAwait(false)).Id;
    }

    /// <summary>Starts a container; nothing happens when it runs.</summary>
    public Task StartContainerAsync(string id, CancellationToken cancellationToken) =>
        ActAsync(HttpMethod.Post, $"containers/{Escape(id)}/start", id, QuickCall, cancellationToken);

    /// <summary>Starts a container that ran before: what refuses it for a moment, such as a port that is only just given back, is waited out.</summary>
    public Task StartAgainAsync(string id, CancellationToken cancellationToken) => PersistAsync(
        () => SendAsync(HttpMethod.Post, $"containers/{Escape(id)}/start", null, QuickCall, cancellationToken),
        id,
        missingIsFine: false,
        async () => await InspectContainerAsync(id, cancellationToken).ConfigureAwait(false) is { State.Status: "running" },
        cancellationToken);

    /// <summary>Asks a container to end and kills it when it has not after a while; nothing happens when it does not run.</summary>
    /// <param name="patience">Null for the container's own stop timeout (10 s unless it says otherwise).</param>
    public Task StopContainerAsync(string id, TimeSpan? patience, CancellationToken cancellationToken)
    {
        var query = patience is { } p ? string.Create(CultureInfo.InvariantCulture, $"?t={(int)Math.Ceiling(p.TotalSeconds)}") : "";
        // The container's own stop timeout may be hours: the engine alone knows it.
        return PersistAsync(
            () => SendAsync(HttpMethod.Post, $"containers/{Escape(id)}/stop{query}", null, patience + QuickCall, cancellationToken),
            id,
            missingIsFine: true,
            async () => await InspectContainerAsync(id, cancellationToken).ConfigureAwait(false) is null or { State.Running: false },
            cancellationToken);
    }

    /// <summary>Stops and starts a container.</summary>
    public Task RestartContainerAsync(string id, CancellationToken cancellationToken) =>
        ActAsync(HttpMethod.Post, $"containers/{Escape(id)}/restart", id, null, cancellationToken);

    /// <summary>Makes all processes of a container stand still; an error when they do already.</summary>
    public Task PauseContainerAsync(string id, CancellationToken cancellationToken) =>
        ActAsync(HttpMethod.Post, $"containers/{Escape(id)}/pause", id, QuickCall, cancellationToken);

    public Task UnpauseContainerAsync(string id, CancellationToken cancellationToken) =>
        ActAsync(HttpMethod.Post, $"containers/{Escape(id)}/unpause", id, QuickCall, cancellationToken);

    /// <param name="signal">Such as <c>SIGKILL</c>.</param>
    public Task KillContainerAsync(string id, string signal, CancellationToken cancellationToken) =>
        ActAsync(HttpMethod.Post, $"containers/{Escape(id)}/kill?signal={Escape(signal)}", id, QuickCall, cancellationToken);

    /// <summary>Removes a container, running or not; nothing happens when there is none, and somebody else's removal is waited for.</summary>
    /// <param name="withVolumes">True to remove its anonymous volumes too.</param>
    public Task RemoveContainerAsync(string id, bool withVolumes, CancellationToken cancellationToken) => PersistAsync(
        () => SendAsync(HttpMethod.Delete, $"containers/{Escape(id)}?force=1&v={(withVolumes ? 1 : 0)}", null, QuickCall, cancellationToken),
        id,
        missingIsFine: true,
        async () => await InspectContainerAsync(id, cancellationToken).ConfigureAwait(false) is null,
        cancellationToken);

    public Task RenameContainerAsync(string id, string name, CancellationToken cancellationToken) =>
        ActAsync(HttpMethod.Post, $"containers/{Escape(id)}/rename?name={Escape(name)}", id, QuickCall, cancellationToken);

    /// <summary>
    /// Changes what the engine does when a container ends, or when the engine itself starts; nothing happens when there is none. The engine
    /// refuses while the container is just ending, as one does that ends again and again.
    /// </summary>
    public Task SetRestartPolicyAsync(string id, RestartPolicy policy, CancellationToken cancellationToken) => PersistAsync(
        () => PostAsync($"containers/{Escape(id)}/update", new ContainerUpdate(policy), DockerJson.Default.ContainerUpdate, cancellationToken),
        id,
        missingIsFine: true,
        async () => await InspectContainerAsync(id, cancellationToken).ConfigureAwait(false) is not { } now || now.HostConfig.RestartPolicy == policy,
        cancellationToken);

    /// <summary>Waits until a container has ended.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> WaitContainerAsync(string id, CancellationToken cancellationToken)
    {
        // The engine answers with headers at once and with the body when the container has ended.
        using var response = await SendAsync(HttpMethod.Post, $"containers/{Escape(id)}/wait", null, null, cancellationToken).ConfigureAwait(false);
        await EnsureAsync(response, id, cancellationToken).ConfigureAwait(false);
        return (await ReadAsync(response, DockerJson.Default.ContainerWait, id, cancellationToken).ConfigureAwait(false)).StatusCode;
    }

    private async Task ActAsync(HttpMethod method, string path, string target, TimeSpan? limit, CancellationToken cancellationToken, bool missingIsFine = false)
    {
        using var response = await SendAsync(method, path, null, limit, cancellationToken).ConfigureAwait(false);
        if (missingIsFine && response.StatusCode == HttpStatusCode.NotFound)
            return;
        await EnsureAsync(response, target, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Asks for what may be asked for twice until it is so. Under load the engine answers 500 when a process did not end as fast as it expects
    /// ("did not receive an exit event") and when a mount is still busy, 409 while another request is at work on the container; and a
    /// restarted engine breaks the connection.
    /// </summary>
    /// <param name="isSo">Looks whether it is so by now, whoever did it.</param>
    private async Task PersistAsync(Func<Task<HttpResponseMessage>> send, string target, bool missingIsFine, Func<Task<bool>> isSo, CancellationToken cancellationToken)
    {
        var since = _time.GetTimestamp();
        while (true)
        {
            try
            {
                using var response = await send().ConfigureAwait(false);
                if (missingIsFine && response.StatusCode == HttpStatusCode.NotFound)
                    return;
                if (response.StatusCode is not (HttpStatusCode.Conflict or HttpStatusCode.InternalServerError) || _time.GetElapsedTime(since) > BusyPatience)
                {
                    await EnsureAsync(response, target, cancellationToken).ConfigureAwait(false);
                    return;
                }
            }
            catch (AppException e) when (Broke(e) && _time.GetElapsedTime(since) <= BusyPatience)
            {
                // Whether it was done is to be seen.
            }

            await Task.Delay(Again, _time, cancellationToken).ConfigureAwait(false);
            if (await isSo().ConfigureAwait(false))
                return;
        }
    }

    private static string Filters(string name, IReadOnlyList<string> values) =>
        Escape(JsonSerializer.Serialize(
            new Dictionary<string, IReadOnlyList<string>> { [name] = values }, DockerJson.Default.DictionaryStringIReadOnlyListString));
}
