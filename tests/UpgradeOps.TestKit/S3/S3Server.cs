using System.Net;

namespace UpgradeOps.TestKit;

/// <summary>An S3 server on a free loopback port: Debian's moto, which keeps everything in memory. Needs <see cref="Part.S3"/>.</summary>
public sealed class S3Server : IAsyncDisposable
{
    /// <summary>Where <c>.ci/install</c> puts it; UPGRADEOPS_MOTO names another.</summary>
    public static readonly string Program = Environment.GetEnvironmentVariable("UPGRADEOPS_MOTO") ?? "/opt/upgradeops-moto/moto_server";

    private readonly TempFolder folder = new("upgradeops-s3-");
    private readonly int port = FreePort.Next();
    private readonly ServerProcess process;

    private S3Server() => process = ServerProcess.Start(folder["log"], detached: false, Program, "-H", "127.0.0.1", "-p", $"{port}");

    public string Endpoint => $"http://127.0.0.1:{port}";

    public static async Task<S3Server> StartAsync(params string[] buckets)
    {
        var server = new S3Server();
        using var client = new HttpClient { BaseAddress = new Uri(server.Endpoint) };
        await Until.TrueAsync(async () => (await client.GetAsync("/moto-api/data.json")).StatusCode == HttpStatusCode.OK,
            TimeSpan.FromSeconds(60), $"moto at {server.Endpoint}, log: {File.ReadAllText(server.folder["log"])}");
        foreach (var bucket in buckets)
            await server.CreateBucketAsync(bucket);
        return server;
    }

    public async Task CreateBucketAsync(string bucket)
    {
        using var client = new HttpClient();
        (await client.PutAsync($"{Endpoint}/{bucket}", null)).EnsureSuccessStatusCode();
    }

    /// <summary>Keys of everything in a bucket, in order.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync(string bucket)
    {
        using var client = new HttpClient();
        var xml = System.Xml.Linq.XDocument.Parse(await client.GetStringAsync($"{Endpoint}/{bucket}?list-type=2"));
        return [.. xml.Descendants().Where(e => e.Name.LocalName == "Key").Select(e => e.Value)];
    }

    public async Task<byte[]> ReadAsync(string bucket, string key)
    {
        using var client = new HttpClient();
        return await client.GetByteArrayAsync($"{Endpoint}/{bucket}/{key}");
    }

    public async Task WriteAsync(string bucket, string key, byte[] bytes)
    {
        using var client = new HttpClient();
        using var content = new ByteArrayContent(bytes);
        (await client.PutAsync($"{Endpoint}/{bucket}/{key}", content)).EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Dispose();
    }
}
