using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UpgradeOps.Engine.Docker;

internal sealed partial class DockerClient
{
    private const int CopyBuffer = 128 * 1024;

    /// <summary>
    /// Writes a path of a container, running or not, as a tar stream; its first entry is the path's own last name.
    /// A stream that the engine cut is an error, never a short archive.
    /// </summary>
    /// <exception cref="AppException"><see cref="ErrorIds.EngineFailed"/>: no such container or path, or the connection broke.</exception>
    public async Task GetArchiveAsync(string containerId, string path, Stream output, CancellationToken cancellationToken)
    {
        var (response, stream) = await OpenArchiveAsync(containerId, path, cancellationToken).ConfigureAwait(false);
        using (response)
            await CopyBodyAsync(stream, output, path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the engine sees at a path of a container.</summary>
    /// <returns>Null when nothing is there.</returns>
    public async Task<PathStat?> StatPathAsync(string containerId, string path, CancellationToken cancellationToken)
    {
        const string header = "X-Docker-Container-Path-Stat";
        var url = $"containers/{Escape(containerId)}/archive?path={Escape(path)}";
        using var response = await SendAsync(HttpMethod.Head, url, null, null, cancellationToken).ConfigureAwait(false);
        return response.IsSuccessStatusCode && response.Headers.TryGetValues(header, out var values)
            ? JsonSerializer.Deserialize(Convert.FromBase64String(values.First()), DockerJson.Default.PathStat)
            : null;
    }

    /// <summary>Unpacks a tar stream (plain, or compressed with gzip, bzip2 or xz) into an existing folder of a container.</summary>
    public async Task PutArchiveAsync(string containerId, string folder, Stream tar, CancellationToken cancellationToken)
    {
        var content = new StreamContent(tar, CopyBuffer);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
        var url = $"containers/{Escape(containerId)}/archive?path={Escape(folder)}";
        using var response = await SendAsync(HttpMethod.Put, url, content, null, cancellationToken).ConfigureAwait(false);
        await EnsureAsync(response, $"{containerId}:{folder}", cancellationToken).ConfigureAwait(false);
    }

    private async Task<(HttpResponseMessage Response, Stream Stream)> OpenArchiveAsync(string containerId, string path, CancellationToken cancellationToken)
    {
        var url = $"containers/{Escape(containerId)}/archive?path={Escape(path)}";
        var response = await SendAsync(HttpMethod.Get, url, null, null, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.OK)
            return (response, await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        using (response)
            throw await FailureAsync(response, $"{containerId}:{path}", cancellationToken).ConfigureAwait(false);
    }

    private async Task CopyBodyAsync(Stream body, Stream output, string target, CancellationToken cancellationToken)
    {
        var buffer = new byte[CopyBuffer];
        while (true)
        {
            int read;
            try
            {
                read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                throw new AppException(ErrorIds.EngineFailed, $"The Docker Engine broke off while it sent {target}: {e.Message}", target, inner: e);
            }

            if (read == 0)
                return;
            await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <param name="ModifiedTime">To the nanosecond, as far as the file system knows it.</param>
internal sealed record PathStat(string Name, [property: JsonPropertyName("mtime")] DateTimeOffset ModifiedTime);
