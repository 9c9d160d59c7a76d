using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace UpgradeOps.Engine.Docker;

/// <summary>
/// A thin client of the Docker Engine API. It knows nothing of applications. What it is asked to look for and does not find is
/// null; every other failure is an <see cref="AppException"/> with the engine's own words.
/// </summary>
internal sealed partial class DockerClient : IAsyncDisposable
{
    /// <summary>The newest API version whose fields this client was written for; an older engine's own version is used instead.</summary>
    private static readonly Version NewestKnown = new(1, 47);

    /// <summary>How long a call that moves no data may take.</summary>
    private static readonly TimeSpan QuickCall = TimeSpan.FromMinutes(2);

    /// <summary>How long an engine that has answered before is waited for: it is being restarted.</summary>
    private static readonly TimeSpan RestartPatience = TimeSpan.FromSeconds(60);

    private const int ReadTries = 5;

    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private Task<string>? _version;

    public DockerClient(DockerEndpoint endpoint, TimeProvider time)
    {
        Endpoint = endpoint;
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) => (await ConnectAsync(token).ConfigureAwait(false)).Stream,
            UseProxy = false,
            UseCookies = false,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        })
        {
            BaseAddress = new Uri("http://docker/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public DockerEndpoint Endpoint { get; }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<DockerConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var since = _time.GetTimestamp();
        while (true)
        {
            try
            {
                return await Endpoint.ConnectAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (AppException e) when (e.ErrorId == ErrorIds.EngineUnreachable && _version is { IsCompletedSuccessfully: true } && _time.GetElapsedTime(since) < RestartPatience)
            {
                await Task.Delay(Again, _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The API version in a path's beginning, agreed with the engine once.</summary>
    private async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        var version = _version;
        if (version is null || version.IsFaulted || version.IsCanceled)
            _version = version = NegotiateAsync(cancellationToken);
        return await version.ConfigureAwait(false);
    }

    private async Task<string> NegotiateAsync(CancellationToken cancellationToken)
    {
        using var response = await SendRawAsync(new HttpRequestMessage(HttpMethod.Get, "_ping"), QuickCall, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw await FailureAsync(response, "ping", cancellationToken).ConfigureAwait(false);
        var told = response.Headers.TryGetValues("Api-Version", out var values) ? values.First() : null;
        var engine = Version.TryParse(told, out var v) ? v : new Version(1, 24);
        return "v" + (engine < NewestKnown ? engine : NewestKnown).ToString(2);
    }

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        await FindAsync(path, type, cancellationToken).ConfigureAwait(false)
        ?? throw new AppException(ErrorIds.EngineFailed, $"The Docker Engine knows nothing at {path}.", path);

    /// <returns>Null when the engine answers 404.</returns>
    private async Task<T?> FindAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        for (var left = ReadTries; ; left--)
        {
            try
            {
                using var response = await SendAsync(HttpMethod.Get, path, null, QuickCall, cancellationToken).ConfigureAwait(false);
                if (response.StatusCode == HttpStatusCode.NotFound)
                    return default;
                await EnsureAsync(response, path, cancellationToken).ConfigureAwait(false);
                return await ReadAsync(response, type, path, cancellationToken).ConfigureAwait(false);
            }
            catch (AppException e) when (left > 0 && Broke(e))
            {
                await Task.Delay(Again, _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Whether the connection broke in the middle of a question, as it does when the engine is stopped.</summary>
    private static bool Broke(AppException e) => e.ErrorId == ErrorIds.EngineUnreachable && e.InnerException is HttpRequestException or SocketException or IOException;

    private async Task<HttpResponseMessage> PostAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await SendAsync(HttpMethod.Post, path, content, QuickCall, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends and returns once the headers are there.</summary>
    /// <param name="limit">How long the headers may take; null for no limit.</param>
    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content, TimeSpan? limit, CancellationToken cancellationToken, string? registryAuth = null)
    {
        var version = await VersionAsync(cancellationToken).ConfigureAwait(false);
        var request = new HttpRequestMessage(method, $"{version}/{path}") { Content = content };
        if (registryAuth is not null)
            request.Headers.TryAddWithoutValidation("X-Registry-Auth", registryAuth);
        return await SendRawAsync(request, limit, cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendRawAsync(HttpRequestMessage request, TimeSpan? limit, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(limit ?? Timeout.InfiniteTimeSpan, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            throw e.InnerException as AppException ?? Unreachable(e);
        }
        catch (OperationCanceledException e) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new AppException(
                ErrorIds.EngineUnreachable,
                string.Create(CultureInfo.InvariantCulture, $"The Docker Engine at {Endpoint.Address} did not answer within {limit!.Value.TotalSeconds} s."),
                Endpoint.Address,
                inner: e);
        }
    }

    private AppException Unreachable(Exception e) =>
        new(ErrorIds.EngineUnreachable, $"The connection to the Docker Engine at {Endpoint.Address} broke: {(e.InnerException ?? e).Message}", Endpoint.Address, inner: e);

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, string target, CancellationToken cancellationToken)
    {
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(stream, type, cancellationToken).ConfigureAwait(false)
                ?? throw new JsonException("the answer is empty");
        }
        catch (JsonException e)
        {
            throw new AppException(ErrorIds.EngineFailed, $"The Docker Engine's answer about {target} is not understood: {e.Message}", target, inner: e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw Unreachable(e);
        }
    }

    private static async Task EnsureAsync(HttpResponseMessage response, string target, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.NotModified)
            throw await FailureAsync(response, target, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<AppException> FailureAsync(HttpResponseMessage response, string target, CancellationToken cancellationToken)
    {
        var message = await MessageAsync(response, cancellationToken).ConfigureAwait(false);
        return new AppException(ErrorIds.EngineFailed, $"Docker Engine: {message}", target);
    }

    /// <summary>The engine's own words for a failure.</summary>
    private static async Task<string> MessageAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string body;
        try
        {
            body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            body = "";
        }

        return EngineMessage.Of((int)response.StatusCode, body);
    }

    private static string Escape(string value) => Uri.EscapeDataString(value);
}
