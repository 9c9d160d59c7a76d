using System.Net;
using System.Text.RegularExpressions;

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
        await Until.TrueAsync(async () => (await client.GetAsync("/moto-api/data.json")).StatusCode == HttpStatusCode.OK, TimeSpan.FromSeconds(90), $"moto at {server.Endpoint}");
        foreach (var bucket in buckets)
            await server.CreateBucketAsync(bucket);
        return server;
    }

    public async Task CreateBucketAsync(string bucket)
    {
        using var client = new HttpClient();
        (await client.PutAsync($"{Endpoint}/{bucket}", null)).EnsureSuccessStatusCode();
    }

    /// <summary>From now on everything is signed, and a new user may do what the policy says and nothing else.</summary>
    /// <param name="policy">A document of IAM.</param>
    /// <returns>The user's keys.</returns>
    public async Task<(string AccessKey, string SecretKey)> RestrictAsync(string policy)
    {
        await AuthorizeAsync(after: int.MaxValue);
        var user = $"u{Guid.NewGuid():N}";
        await IamAsync(("Action", "CreateUser"), ("UserName", user));
        await IamAsync(("Action", "PutUserPolicy"), ("UserName", user), ("PolicyName", "only"), ("PolicyDocument", policy));
        var answer = System.Xml.Linq.XDocument.Parse(await IamAsync(("Action", "CreateAccessKey"), ("UserName", user)));
        string Value(string name) => answer.Descendants().First(e => e.Name.LocalName == name).Value;
        await AuthorizeAsync(after: 0);
        return (Value("AccessKeyId"), Value("SecretAccessKey"));
    }

    private async Task AuthorizeAsync(int after)
    {
        using var client = new HttpClient();
        using var content = new StringContent($"{after}");
        (await client.PostAsync($"{Endpoint}/moto-api/reset-auth", content)).EnsureSuccessStatusCode();
    }

    private async Task<string> IamAsync(params (string Name, string Value)[] form)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation(
            "Authorization", "AWS4-HMAC-SHA256 Credential=test/20260301/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=none");
        using var content = new FormUrlEncodedContent([.. form.Append(("Version", "2010-05-08")).Select(f => KeyValuePair.Create(f.Item1, f.Item2))]);
        using var answer = await client.PostAsync(Endpoint, content);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
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

    /// <summary>Removes an object, or an empty bucket.</summary>
    public async Task DeleteAsync(string bucket, string? key = null)
    {
        // It wants to be asked by somebody, and asks nobody for proof.
        using var client = new HttpClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation(
            "Authorization", "AWS4-HMAC-SHA256 Credential=test/20260301/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=none");
        (await client.DeleteAsync(key is null ? $"{Endpoint}/{bucket}" : $"{Endpoint}/{bucket}/{key}")).EnsureSuccessStatusCode();
    }

    /// <summary>Numbers of the parts that were taken for a bucket, in their order, also twice.</summary>
    public async Task<IReadOnlyList<int>> PartsSentAsync(string bucket) =>
    [
        .. (await File.ReadAllLinesAsync(folder["log"]))
            .Select(line => Regex.Match(line, $"\"PUT /{bucket}/[^ ]*partNumber=([0-9]+)[^ ]* HTTP/1.1.* 200 "))
            .Where(match => match.Success)
            .Select(match => int.Parse(match.Groups[1].Value)),
    ];

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Dispose();
    }
}
