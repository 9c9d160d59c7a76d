using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace UpgradeOps.TestKit;

/// <summary>A question that came to <see cref="GitHubServer"/>.</summary>
/// <param name="Store">It came to where the bytes are, not to the API.</param>
public sealed record GitHubRequest(bool Store, string Path, string? Authorization, string? Range, string? IfRange, string? IfNoneMatch, int Status);

/// <summary>
/// A double of GitHub's releases: the REST API as an Enterprise Server has it, below <c>/api/v3</c>, and the store of the assets' bytes on another port, to which the API sends
/// whoever wants them. Only what is asked for here is answered.
/// </summary>
public sealed class GitHubServer : IAsyncDisposable
{
    public const string Repository = "octo/notes";

    private readonly ConcurrentQueue<GitHubRequest> requests = new();
    private readonly Lock gate = new();
    private readonly List<PublishedRelease> releases = [];
    private readonly Dictionary<long, (string Name, byte[] Bytes)> assets = [];
    private readonly WebApplication api;
    private readonly WebApplication store;
    private readonly int apiPort = FreePort.Next();
    private readonly int storePort = FreePort.Next();
    private long lastAsset = 100;
    private int cuts;

    private GitHubServer()
    {
        api = Build(apiPort);
        store = Build(storePort);
        api.MapGet("/api/v3/repos/{owner}/{name}/releases", ListAsync);
        api.MapGet("/api/v3/repositories/7/releases", ListAsync);
        api.MapGet("/api/v3/repos/{owner}/{name}/releases/assets/{id:long}", AssetAsync);
        store.MapGet("/store/{id:long}", BytesAsync);
    }

    /// <summary>What a definition names as <c>api:</c>.</summary>
    public string Api => $"http://127.0.0.1:{apiPort}/api/v3";

    public IReadOnlyList<GitHubRequest> Requests => [.. requests];

    /// <summary>The only one that may read; null for a public repository.</summary>
    public string? Token { get; set; }

    /// <summary>Releases a page, however many are asked for.</summary>
    public int PageSize { get; set; } = 100;

    /// <summary>Questions to the API that are allowed from now on; then 403 with the headers of a primary rate limit.</summary>
    public int Remaining { get; set; } = int.MaxValue;

    /// <summary>The connection breaks off after so many bytes of an asset; null for never.</summary>
    public int? CutAfter { get; set; }

    /// <summary>How often it does.</summary>
    public int Cuts { get; set; } = int.MaxValue;

    /// <summary>Pause between two pieces of an asset.</summary>
    public TimeSpan Pause { get; set; }

    /// <summary>Status that the store answers instead of bytes; null for none.</summary>
    public int? StoreStatus { get; set; }

    /// <summary>Only for assets that are larger than this.</summary>
    public int StoreStatusAbove { get; set; }

    /// <summary>Whether the store keeps to what <c>Range</c> asks for.</summary>
    public bool HasRanges { get; set; } = true;

    /// <summary>Flips a bit of every asset that is larger than this on its way; null for none.</summary>
    public int? DamageAbove { get; set; }

    public static async Task<GitHubServer> StartAsync()
    {
        var server = new GitHubServer();
        await server.api.StartAsync();
        await server.store.StartAsync();
        return server;
    }

    public void Publish(PublishedRelease release)
    {
        lock (gate)
        {
            releases.RemoveAll(r => r.Tag == release.Tag);
            releases.Insert(0, release);
            foreach (var (name, bytes) in release.Assets)
                assets[++lastAsset] = (name, bytes);
        }
    }

    public void Withdraw(string tag)
    {
        lock (gate)
            releases.RemoveAll(r => r.Tag == tag);
    }

    public void Forget() => requests.Clear();

    public async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        await store.DisposeAsync();
    }

    private static WebApplication Build(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        return builder.Build();
    }

    private async Task ListAsync(HttpContext context)
    {
        if (await RefusedAsync(context))
            return;
        var page = int.TryParse(context.Request.Query["page"], out var asked) ? asked : 1;
        var size = Math.Min(PageSize, int.TryParse(context.Request.Query["per_page"], out var wanted) ? wanted : 30);
        JsonArray list;
        bool more;
        lock (gate)
        {
            // Whoever asks without the right to push sees no drafts; with a token everything is told.
            var seen = releases.Where(r => Token is not null || !r.Draft).ToList();
            more = seen.Count > page * size;
            list = new JsonArray([.. seen.Skip((page - 1) * size).Take(size).Select((r, i) => GitHubShapes.Release(Api, Repository, ((page - 1) * size) + i + 1, r, name => IdOf(r, name)))]);
        }

        var body = list.ToJsonString();
        var tag = $"W/\"{GitHubShapes.Sha256(System.Text.Encoding.UTF8.GetBytes(body))}\"";
        if (more)
            context.Response.Headers.Link = $"<{Api}/repositories/7/releases?per_page={size}&page={page + 1}>; rel=\"next\", <{Api}/repositories/7/releases?per_page={size}&page=9>; rel=\"last\"";
        context.Response.Headers.ETag = tag;
        await AnswerAsync(context, context.Request.Headers.IfNoneMatch == tag ? 304 : 200, body);
    }

    private async Task AssetAsync(HttpContext context, long id)
    {
        if (await RefusedAsync(context))
            return;
        if (!assets.ContainsKey(id))
        {
            await AnswerAsync(context, 404, GitHubShapes.Error("Not Found", 404).ToJsonString());
            return;
        }

        context.Response.Headers.Location = $"http://127.0.0.1:{storePort}/store/{id}?sig=signed&se=soon";
        await AnswerAsync(context, 302, "");
    }

    private async Task BytesAsync(HttpContext context, long id)
    {
        var bytes = assets[id].Bytes;
        if (StoreStatus is { } refused && bytes.Length > StoreStatusAbove)
        {
            await AnswerAsync(context, refused, "<Error/>");
            return;
        }

        if (DamageAbove < bytes.Length)
        {
            bytes = [.. bytes];
            bytes[bytes.Length / 2] ^= 1;
        }

        var tag = $"\"0x{id:X}\"";
        var from = 0L;
        if (HasRanges && RangeHeaderValue.TryParse(context.Request.Headers.Range.ToString(), out var range) && (context.Request.Headers.IfRange.Count == 0 || context.Request.Headers.IfRange == tag))
            from = range.Ranges.Single().From ?? 0;
        Note(context, from > 0 ? 206 : 200);
        var response = context.Response;
        response.StatusCode = from > 0 ? 206 : 200;
        response.Headers.ETag = tag;
        response.Headers.AcceptRanges = HasRanges ? "bytes" : "none";
        if (from > 0)
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{bytes.Length - 1}/{bytes.Length}");
        response.ContentType = "application/octet-stream";
        response.ContentLength = bytes.Length - from;
        var end = bytes.Length;
        if (CutAfter is { } cut && bytes.Length - from > cut && Interlocked.Increment(ref cuts) <= Cuts)
            end = (int)from + cut;
        for (var at = (int)from; at < end; at += 64 << 10)
        {
            await response.Body.WriteAsync(bytes.AsMemory(at, Math.Min(64 << 10, end - at)), context.RequestAborted);
            if (Pause > TimeSpan.Zero)
            {
                await response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(Pause, context.RequestAborted);
            }
        }

        if (end == bytes.Length)
            return;
        await response.Body.FlushAsync(context.RequestAborted);
        context.Features.Get<IHttpRequestLifetimeFeature>()!.Abort();
    }

    private async Task<bool> RefusedAsync(HttpContext context)
    {
        var remaining = Remaining = Remaining == int.MaxValue ? int.MaxValue : Remaining - 1;
        var authorization = context.Request.Headers.Authorization.ToString();
        var (status, message) = remaining < 0 ? (403, "API rate limit exceeded for 192.0.2.1.")
            : authorization.Length > 0 && authorization != $"Bearer {Token}" ? (401, "Bad credentials")
            : Token is not null && authorization.Length == 0 ? (404, "Not Found")
            : context.Request.RouteValues.TryGetValue("owner", out var owner) && $"{owner}/{context.Request.RouteValues["name"]}" != Repository ? (404, "Not Found")
            : (0, "");
        context.Response.Headers["x-ratelimit-limit"] = "60";
        context.Response.Headers["x-ratelimit-remaining"] = $"{Math.Max(0, Math.Min(remaining, 60))}";
        context.Response.Headers["x-ratelimit-reset"] = $"{DateTimeOffset.UtcNow.AddMinutes(40).ToUnixTimeSeconds()}";
        if (status == 0)
            return false;
        await AnswerAsync(context, status, GitHubShapes.Error(message, status).ToJsonString());
        return true;
    }

    private async Task AnswerAsync(HttpContext context, int status, string body)
    {
        Note(context, status);
        context.Response.StatusCode = status;
        if (status is 304 or 302)
            return;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(body, context.RequestAborted);
    }

    private void Note(HttpContext context, int status)
    {
        static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : value;
        var headers = context.Request.Headers;
        requests.Enqueue(new GitHubRequest(
            context.Connection.LocalPort == storePort, $"{context.Request.Path}{context.Request.QueryString}", Text(headers.Authorization), Text(headers.Range), Text(headers.IfRange), Text(headers.IfNoneMatch), status));
    }

    private long IdOf(PublishedRelease release, string name) => assets.Last(a => a.Value.Name == name && ReferenceEquals(a.Value.Bytes, release.Assets[name])).Key;
}
