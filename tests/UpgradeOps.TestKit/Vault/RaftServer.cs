using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace UpgradeOps.TestKit;

/// <summary>
/// A double of an OpenBao with raft storage: the calls about snapshots, with the headers, codes, bodies and archive of the real one. Its
/// storage is one text.
/// </summary>
public sealed class RaftServer : IAsyncDisposable
{
    public const string Token = "s.0123456789abcdefTESTTOKEN";

    private readonly WebApplication _app;

    private RaftServer(WebApplication app) => _app = app;

    public string State { get; set; } = "sealed by the barrier: one";

    /// <summary>Breaks the connection after so many bytes of a snapshot.</summary>
    public int? CutAfter { get; set; }

    /// <summary>A sealed server answers 503 to everything.</summary>
    public bool IsSealed { get; set; }

    /// <summary>Changes the state in an archive without its sum.</summary>
    public bool Corrupts { get; set; }

    public string Address => _app.Urls.First();

    public static async Task<RaftServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var server = new RaftServer(app);
        app.MapGet("/v1/sys/storage/raft/configuration", c => server.GuardedAsync(c, () => c.Response.WriteAsync("""{"request_id":"1","data":{"config":{"index":0,"servers":[]}}}""")));
        app.MapGet("/v1/sys/storage/raft/snapshot", c => server.GuardedAsync(c, () => server.SendAsync(c)));
        app.MapPost("/v1/sys/storage/raft/snapshot-force", c => server.GuardedAsync(c, () => server.ReceiveAsync(c)));
        await app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task GuardedAsync(HttpContext context, Func<Task> answer)
    {
        var (code, error) = IsSealed ? (503, "Vault is sealed") : context.Request.Headers["X-Vault-Token"] != Token ? (403, "permission denied") : (200, "");
        if (code == 200)
        {
            await answer();
            return;
        }

        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"errors":["{{error}}"]}""" + "\n");
    }

    private async Task SendAsync(HttpContext context)
    {
        var bytes = Archive();
        context.Response.ContentType = "application/gzip";
        context.Response.Headers.ContentDisposition = "attachment";
        await context.Response.Body.WriteAsync(bytes.AsMemory(0, CutAfter ?? bytes.Length));
        await context.Response.Body.FlushAsync();
        if (CutAfter is not null)
            context.Abort();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        body.Position = 0;
        await using var reader = new TarReader(new GZipStream(body, CompressionMode.Decompress));
        while (await reader.GetNextEntryAsync(copyData: true) is { } entry)
        {
            if (entry.Name == "state.bin")
                State = await new StreamReader(entry.DataStream!).ReadToEndAsync();
        }

        context.Response.StatusCode = 204;
    }

    private byte[] Archive()
    {
        var meta = Encoding.UTF8.GetBytes("""{"Version":1,"ID":"bolt-snapshot","Index":28,"Term":3}""");
        var state = Encoding.UTF8.GetBytes(State);
        var sums = $"{Convert.ToHexStringLower(SHA256.HashData(meta))}  meta.json\n{Convert.ToHexStringLower(SHA256.HashData(state))}  state.bin\n";
        if (Corrupts)
            state[0] ^= 1;
        var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Ustar))
        {
            foreach (var (name, content) in new[] { ("meta.json", meta), ("state.bin", state), ("SHA256SUMS", Encoding.UTF8.GetBytes(sums)) })
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }

        return bytes.ToArray();
    }
}
