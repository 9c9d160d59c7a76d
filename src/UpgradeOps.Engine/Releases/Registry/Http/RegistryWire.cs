namespace UpgradeOps.Engine.Releases.Registry.Http;

/// <summary>
/// Sends questions and brings whole answers: follows redirects (without credentials when they lead to another host), tries again what may
/// pass, waits as long as it is told to within a bound. Whatever comes back is an answer with a status below 500 that is not 429.
/// </summary>
/// <param name="dialect">How the server at the other end says what it says; a registry's when absent.</param>
internal sealed class RegistryWire(HttpMessageInvoker http, RetryPolicy policy, TimeProvider time, WireDialect? dialect = null)
{
    private const int MaxRedirects = 5;

    private readonly WireDialect _dialect = dialect ?? new WireDialect();

    public RetryPolicy Policy => policy;

    /// <param name="target">What it is about, for a person: the image.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.RegistryUnreachable"/>, <see cref="ErrorIds.RegistryRateLimited"/> or <see cref="ErrorIds.RegistryFailed"/>.</exception>
    public async Task<RegistryAnswer> SendAsync(RegistryRequest request, string target, CancellationToken cancellationToken)
    {
        var left = policy.TotalWait;
        for (var tries = 1; ; tries++)
        {
            var (answer, fault) = await TryAsync(request, cancellationToken).ConfigureAwait(false);
            if (answer is { Status: < 500 and not 408 } && !_dialect.IsLimit(answer))
                return answer;

            var asked = answer is null ? null : _dialect.RetryAfter(answer, time.GetUtcNow());
            var own = policy.Pause(tries);
            var pause = asked > own ? asked.Value : own;
            if (fault is { MayPass: false } || tries == policy.Tries || pause > left || answer?.Status == 501)
                throw _dialect.GiveUp(request.Uri, target, answer, fault, asked, tries);

            left -= pause;
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Asks once, for something large: the answer is there when its headers are, and its content is still to be read. A refusal comes back as it is.
    /// </summary>
    /// <exception cref="HttpRequestException">And whatever else <see cref="WireFault.Of"/> puts into words.</exception>
    public async Task<HttpResponseMessage> OpenAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(policy.TryTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        return (await FollowAsync(request, both.Token).ConfigureAwait(false)).Response;
    }

    /// <summary>A response of <see cref="OpenAsync"/> read to its end, where it is none that was hoped for.</summary>
    public static async Task<RegistryAnswer> ReadAsync(HttpResponseMessage response, RegistryRequest request, CancellationToken cancellationToken)
    {
        var body = await ReadAsync(response.Content, request.BodyLimit, cancellationToken).ConfigureAwait(false);
        return new RegistryAnswer((int)response.StatusCode, response.Headers, response.Content.Headers.ContentType?.MediaType, body, response.RequestMessage?.RequestUri ?? request.Uri);
    }

    private async Task<(RegistryAnswer? Answer, WireFault? Fault)> TryAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(policy.TryTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var (response, uri) = await FollowAsync(request, both.Token).ConfigureAwait(false);
            using (response)
            {
                var body = await ReadAsync(response.Content, request.BodyLimit, both.Token).ConfigureAwait(false);
                return (new RegistryAnswer((int)response.StatusCode, response.Headers, response.Content.Headers.ContentType?.MediaType, body, uri), null);
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && WireFault.Of(e, request.Uri, policy.TryTimeout) is { } fault)
        {
            return (null, fault);
        }
    }

    private async Task<(HttpResponseMessage Response, Uri Uri)> FollowAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        var (uri, authorization) = (request.Uri, request.Authorization);
        for (var hops = 0; ; hops++)
        {
            using var message = request.ToMessage(uri, authorization);
            var response = await http.SendAsync(message, cancellationToken).ConfigureAwait(false);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || request.Form is not null || hops == MaxRedirects)
                return (response, uri);
            if (response.Headers.Location is not { } location)
                return (response, uri);

            var next = new Uri(uri, location);
            if (!_dialect.MayFollow(uri, next))
                return (response, uri);
            response.Dispose();
            if (!SameOrigin(uri, next))
                authorization = null;
            uri = next;
        }
    }

    private static async Task<byte[]> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[16 << 10];
            while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
            {
                bytes.Write(buffer, 0, count);
                if (bytes.Length > limit)
                    throw new HttpRequestException(HttpRequestError.ConfigurationLimitExceeded);
            }
        }
        return bytes.ToArray();
    }

    private static bool SameOrigin(Uri a, Uri b) => Uri.Compare(a, b, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;
}
