using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Health.Http;

/// <summary>
/// One question over a connection of its own: no proxy, no cookies, certificates verified, no redirect to another origin. A connection
/// that was kept open could still belong to the old instance.
/// </summary>
/// <param name="dial">Connects from elsewhere; null to connect from this machine.</param>
internal sealed class HttpAsk(TimeProvider time, Dial? dial = null)
{
    private const int MostRedirects = 5;
    private static readonly HttpRequestOptionsKey<string?> Address = new("address");
    private static readonly HttpRequestOptionsKey<Dial?> Elsewhere = new("dial");
    private static readonly HttpMessageInvoker Client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectCallback = ConnectAsync,
    });

    public Task<HttpAnswer> AskAsync(Uri url, string? address, int status, TimeSpan timeout, CancellationToken cancellationToken) =>
        AskAsync(new HttpQuestion(url) { Address = address, Status = status, Timeout = timeout }, cancellationToken);

    public async Task<HttpAnswer> AskAsync(HttpQuestion question, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var patience = new CancellationTokenSource(question.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        HttpAnswer answer;
        try
        {
            answer = await FollowAsync(question, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            answer = new HttpAnswer { Problem = $"no answer within {question.Timeout.TotalSeconds:0.###} s" };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            answer = new HttpAnswer { Problem = Words(e), IsLost = LostConnectionException.IsBehind(e) };
        }

        return answer with { Latency = time.GetElapsedTime(start) };
    }

    private async Task<HttpAnswer> FollowAsync(HttpQuestion question, CancellationToken cancellationToken)
    {
        var url = question.Url;
        var mayFollow = question.Method == HttpMethod.Get || question.Method == HttpMethod.Head;
        for (var hops = 0; ; hops++)
        {
            using var request = Make(question, url);
            request.Options.Set(Elsewhere, dial);
            using var response = await Client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var code = (int)response.StatusCode;
            if (mayFollow && code != question.Status && code is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } location)
            {
                var next = new Uri(url, location);
                if (Uri.Compare(next, url, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) != 0)
                    return new HttpAnswer { Status = code, Problem = $"it redirects to {next.GetLeftPart(UriPartial.Authority)}, which is somewhere else" };
                if (hops >= MostRedirects)
                    return new HttpAnswer { Status = code, Problem = $"it redirects more than {MostRedirects} times" };
                url = next;
                continue;
            }

            return new HttpAnswer { Status = code, Body = await ReadAsync(response, question.LargestAnswer, cancellationToken).ConfigureAwait(false) };
        }
    }

    private static HttpRequestMessage Make(HttpQuestion question, Uri url)
    {
        var request = new HttpRequestMessage(question.Method, url) { Version = HttpVersion.Version11 };
        request.Headers.ConnectionClose = true;
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("UpgradeOps", null));
        request.Options.Set(Address, question.Address);
        if (question.Body is { } body)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in question.Headers)
        {
            // What belongs to the body is refused among the request's own.
            if (request.Headers.Contains(name))
                request.Headers.Remove(name);
            if (!request.Headers.TryAddWithoutValidation(name, value) && request.Content is { } content)
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (request.Headers.Accept.Count == 0)
            request.Headers.Accept.ParseAdd("application/json, */*;q=0.5");
        return request;
    }

    private static async Task<string> ReadAsync(HttpResponseMessage response, int largest, CancellationToken cancellationToken)
    {
        var buffer = new byte[largest];
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            var length = await body.ReadAtLeastAsync(buffer, largest, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (context.InitialRequestMessage.Options.TryGetValue(Elsewhere, out var elsewhere) && elsewhere is not null)
        {
            context.InitialRequestMessage.Options.TryGetValue(Address, out var own);
            return await elsewhere(own ?? context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (context.InitialRequestMessage.Options.TryGetValue(Address, out var address) && address is not null)
                await socket.ConnectAsync(IPAddress.Parse(address), context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false);
            else
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Words(Exception e) => e switch
    {
        HttpRequestException { InnerException: SocketException inner } => inner.Message,
        HttpRequestException { InnerException: { } inner } => $"{e.Message} {inner.Message}",
        _ => e.Message,
    };
}
