using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace UpgradeOps.TestKit;

/// <summary>
/// Stands in front of an S3 server that asks for signatures. Moto reckons them from a query whose slashes are not encoded any more, which no
/// client's signature fits: what a known user signed is signed anew in that way. What the user may do is the server's to say.
/// </summary>
public sealed class SigningS3 : IAsyncDisposable
{
    private const string Signed = "host;x-amz-content-sha256;x-amz-date";

    private readonly HttpClient server;
    private readonly WebApplication app;
    private readonly Dictionary<string, string> secrets = [];

    private SigningS3(S3Server behind, int port)
    {
        Endpoint = $"http://127.0.0.1:{port}";
        server = new HttpClient { BaseAddress = new Uri(behind.Endpoint) };
        app = S3Relay.Listen(port, AnswerAsync);
    }

    public string Endpoint { get; }

    public static async Task<SigningS3> StartAsync(S3Server behind)
    {
        var proxy = new SigningS3(behind, FreePort.Next());
        await proxy.app.StartAsync();
        return proxy;
    }

    /// <summary>From now on this user's requests pass; those of others go on as they are.</summary>
    public void Know((string AccessKey, string SecretKey) user) => secrets[user.AccessKey] = user.SecretKey;

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        server.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        using var question = S3Relay.Question(context.Request, body.ToArray());
        var scope = context.Request.Headers.Authorization.ToString().Split("Credential=")[^1].Split(',')[0];
        if (secrets.TryGetValue(scope.Split('/')[0], out var secret))
        {
            question.Headers.Remove("Authorization");
            question.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={Signed}, Signature={Sign(context.Request, scope, secret)}");
        }

        using var answer = await server.SendAsync(question, context.RequestAborted);
        await S3Relay.PassAsync(answer, context.Response, context.RequestAborted);
    }

    private string Sign(HttpRequest request, string scope, string secret)
    {
        var (hash, date) = (request.Headers["x-amz-content-sha256"].ToString(), request.Headers["x-amz-date"].ToString());
        var query = request.QueryString.Value!.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => Uri.UnescapeDataString(pair.Contains('=', StringComparison.Ordinal) ? pair : pair + "="))
            .Order(StringComparer.Ordinal);
        var asked = $"{request.Method}\n{request.Path}\n{string.Join('&', query)}\nhost:{server.BaseAddress!.Authority}\nx-amz-content-sha256:{hash}\nx-amz-date:{date}\n\n{Signed}\n{hash}";
        var parts = scope.Split('/');
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in parts[1..])
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"AWS4-HMAC-SHA256\n{date}\n{string.Join('/', parts[1..])}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(asked)))}");
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }
}
