using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Backups.Raft;

/// <summary>The two calls of Vault's and OpenBao's API that snapshots need. The token goes into a header and nowhere else.</summary>
/// <param name="dial">Connects from the application's host; null to connect from this machine.</param>
internal sealed class RaftStorage(RaftSourceDefinition raft, ISecretResolver secrets, Dial? dial = null)
{
    private const int CopyBuffer = 1 << 17;
    private const int LongestAnswer = 1 << 16;

    /// <summary>For an answer to begin; the body may take as long as it takes.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(2);

    /// <summary>Writes a snapshot of the whole storage, as of one moment.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupFailed"/>.</exception>
    public async Task SaveAsync(Stream output, CancellationToken cancellationToken)
    {
        using var client = Client();
        using var response = await SendAsync(client, HttpMethod.Get, "snapshot", null, ErrorIds.BackupFailed, cancellationToken).ConfigureAwait(false);
        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                var buffer = new byte[CopyBuffer];
                int read;
                while ((read = await ReadAsync(body, buffer, cancellationToken).ConfigureAwait(false)) > 0)
                    await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(ErrorIds.BackupFailed, e);
        }
    }

    /// <summary>Replaces the whole storage by a snapshot, of this or of another installation (<c>snapshot-force</c>).</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.RestoreFailed"/>.</exception>
    public async Task RestoreAsync(Stream snapshot, CancellationToken cancellationToken)
    {
        using var client = Client();
        using var content = new StreamContent(snapshot, CopyBuffer);
        using var response = await SendAsync(client, HttpMethod.Post, "snapshot-force", content, ErrorIds.RestoreFailed, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks whether there is raft storage that this token may read, without taking a snapshot.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        using var client = Client();
        using var response = await SendAsync(client, HttpMethod.Get, "configuration", null, ErrorIds.BackupFailed, cancellationToken).ConfigureAwait(false);
    }

    private HttpClient Client()
    {
        // A redirect would carry the token to wherever it leads; a standby forwards the call itself.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(15), ResponseDrainTimeout = TimeSpan.Zero };
        if (dial is not null)
        {
            // A proxy of this machine knows nothing of the host's addresses.
            handler.UseProxy = false;
            handler.ConnectCallback = (context, token) => dial(context.DnsEndPoint.Host, context.DnsEndPoint.Port, token);
        }

        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpClient client, HttpMethod method, string call, HttpContent? content, string errorId, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (content is null)
            limit.CancelAfter(AnswerLimit);
        using var request = new HttpRequestMessage(method, $"{raft.Address.TrimEnd('/')}/v1/sys/storage/raft/{call}") { Content = content };
        request.Headers.Add("X-Vault-Token", await secrets.ResolveAsync(raft.Token, cancellationToken).ConfigureAwait(false));
        try
        {
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
                throw new AppException(errorId, $"{raft.Address} answered {(int)response.StatusCode} to {method} {call}: {await ReasonAsync(response, limit.Token).ConfigureAwait(false)}", raft.Address, Advice(response.StatusCode));
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException)
        {
            throw Unreachable(errorId, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AppException(errorId, $"{raft.Address} did not answer within {AnswerLimit.TotalMinutes:0} minutes.", raft.Address, inner: e);
        }
    }

    private async Task<int> ReadAsync(Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw Unreachable(ErrorIds.BackupFailed, e);
        }
    }

    private AppException Unreachable(string errorId, Exception e) =>
        new(errorId, $"The connection to {raft.Address} failed: {(e is HttpRequestException { InnerException: IOException why } ? why.Message : e.Message)}", raft.Address, "Check that the server runs and is unsealed.", e);

    private static string? Advice(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Forbidden => "The token's policy needs read and update on sys/storage/raft/*.",
        HttpStatusCode.ServiceUnavailable => "Unseal the server first.",
        _ => null,
    };

    /// <summary>The server's own words: <c>{"errors":["…"]}</c>.</summary>
    private static async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestAnswer];
        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            using var json = JsonDocument.Parse(buffer.AsMemory(0, read));
            return string.Join("; ", json.RootElement.GetProperty("errors").EnumerateArray().Select(e => e.ToString()));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IOException)
        {
            return "it gave no reason";
        }
    }
}
