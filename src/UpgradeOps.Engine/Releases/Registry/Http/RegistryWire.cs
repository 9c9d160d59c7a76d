using System.Net.Http.Headers;

namespace UpgradeOps.Engine.Releases.Registry.Http;

/// <summary>
/// Sends questions and brings whole answers: follows redirects (without credentials when they lead to another host), tries again what may
/// pass, waits as long as it is told to within a bound. Whatever comes back is an answer with a status below 500 that is not 429.
/// </summary>
internal sealed class RegistryWire(HttpMessageInvoker http, RetryPolicy policy, TimeProvider time)
{
    private const int MaxRedirects = 5;

    /// <param name="target">What it is about, for a person: the image.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.RegistryUnreachable"/>, <see cref="ErrorIds.RegistryRateLimited"/> or <see cref="ErrorIds.RegistryFailed"/>.</exception>
    public async Task<RegistryAnswer> SendAsync(RegistryRequest request, string target, CancellationToken cancellationToken)
    {
        var left = policy.TotalWait;
        for (var tries = 1; ; tries++)
        {
            var (answer, fault) = await TryAsync(request, cancellationToken).ConfigureAwait(false);
            if (answer is { Status: < 500 and not 429 and not 408 })
                return answer;

            var asked = answer is null ? null : RetryPolicy.RetryAfter(answer, time.GetUtcNow());
            var own = policy.Pause(tries);
            var pause = asked > own ? asked.Value : own;
            if (fault is { MayPass: false } || tries == policy.Tries || pause > left || answer?.Status == 501)
                throw GiveUp(request.Uri, target, answer, fault, asked, tries);

            left -= pause;
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static AppException GiveUp(Uri uri, string target, RegistryAnswer? answer, WireFault? fault, TimeSpan? asked, int tries)
    {
        var often = tries == 1 ? "" : $" ({tries} tries)";
        if (fault is not null)
            return new AppException(fault.ErrorId, $"{target}: {fault.Reason}{often}.", target, RegistryErrors.ActionFor(fault));
        var wait = asked is null ? "" : $" and asks to wait {RegistryErrors.Duration(asked.Value)}";
        return answer!.Status == 429
            ? new AppException(ErrorIds.RegistryRateLimited, $"{target}: {uri.Authority} limits how often it may be asked{wait}{often}.", target)
            : RegistryErrors.Failed(target, answer, wait + often);
    }

    private async Task<(RegistryAnswer? Answer, WireFault? Fault)> TryAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(policy.TryTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return (await FollowAsync(request, both.Token).ConfigureAwait(false), null);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && WireFault.Of(e, request.Uri, policy.TryTimeout) is { } fault)
        {
            return (null, fault);
        }
    }

    private async Task<RegistryAnswer> FollowAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        var (uri, authorization) = (request.Uri, request.Authorization);
        for (var hops = 0; ; hops++)
        {
            var answer = await SendOnceAsync(request, uri, authorization, cancellationToken).ConfigureAwait(false);
            if (answer.Status is not (301 or 302 or 303 or 307 or 308) || request.Form is not null || hops == MaxRedirects)
                return answer;
            if (answer.Headers.Location is not { } location)
                return answer;

            var next = new Uri(uri, location);
            if (next.Scheme != Uri.UriSchemeHttps && next.Scheme != uri.Scheme)
                return answer; // never from TLS to plain text
            if (!SameOrigin(uri, next))
                authorization = null;
            uri = next;
        }
    }

    private async Task<RegistryAnswer> SendOnceAsync(RegistryRequest request, Uri uri, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken)
    {
        using var message = request.ToMessage(uri, authorization);
        using var response = await http.SendAsync(message, cancellationToken).ConfigureAwait(false);
        var body = await ReadAsync(response.Content, request.BodyLimit, cancellationToken).ConfigureAwait(false);
        return new RegistryAnswer((int)response.StatusCode, response.Headers, response.Content.Headers.ContentType?.MediaType, body, uri);
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
