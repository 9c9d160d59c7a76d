using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace UpgradeOps.TestKit;

/// <summary>A question that the token service was asked.</summary>
public sealed record TokenRequest(string? User, string? Scope, string? Service, bool Granted);

/// <summary>
/// The HTTPS service to which a registry sends its clients for a bearer token. One user may do everything; without
/// credentials there are tokens for reading, when that is allowed.
/// </summary>
public sealed class TokenServer : IAsyncDisposable
{
    public const string Service = "registry.test";

    private readonly ConcurrentQueue<TokenRequest> requests = new();
    private readonly RegistryOptions options;
    private readonly WebApplication app;

    private TokenServer(RegistryOptions options, TestAuthority authority, int port)
    {
        this.options = options;
        Realm = new Uri($"https://127.0.0.1:{port}/token");
        Tokens = new TokenSigner(authority.Server, Service);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port, l => l.UseHttps(authority.Server)));
        app = builder.Build();
        app.MapGet("/token", Answer);
    }

    public Uri Realm { get; }

    public TokenSigner Tokens { get; }

    /// <summary>What was asked so far; each should be asked once and its token used again.</summary>
    public IReadOnlyCollection<TokenRequest> Requests => requests;

    /// <summary>How long a token is good for; short ones show whether a client renews them.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(5);

    public static async Task<TokenServer> StartAsync(RegistryOptions options, TestAuthority authority)
    {
        var server = new TokenServer(options, authority, FreePort.Next());
        await server.app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private IResult Answer(HttpRequest request)
    {
        var (user, password) = Credentials(request.Headers.Authorization.ToString());
        var known = user == options.User && password == options.Password;
        var granted = known || (user is null && options.AnonymousPull);
        string? scope = request.Query["scope"];
        requests.Enqueue(new TokenRequest(user, scope, request.Query["service"], granted));
        if (!granted)
            return Results.Json(new { errors = new[] { new { code = "UNAUTHORIZED", message = "wrong user or password" } } }, statusCode: 401);

        var access = request.Query["scope"].OfType<string>().SelectMany(s => s.Split(' ')).Select(s => Grant(s, known)).OfType<TokenAccess>();
        var token = Tokens.Sign(user ?? "", access, Lifetime);
        return Results.Json(new { token, access_token = token, expires_in = (int)Lifetime.TotalSeconds, issued_at = DateTime.UtcNow });
    }

    private static TokenAccess? Grant(string scope, bool everything)
    {
        // repository:name/with:port?:pull,push – the name may hold colons, the ends may not.
        var first = scope.IndexOf(':');
        var last = scope.LastIndexOf(':');
        if (first < 0 || last <= first)
            return null;
        var actions = scope[(last + 1)..].Split(',').Where(a => everything || a == "pull");
        return new TokenAccess(scope[..first], scope[(first + 1)..last], [.. actions]);
    }

    private static (string? User, string? Password) Credentials(string header)
    {
        if (!header.StartsWith("Basic ", StringComparison.Ordinal))
            return (null, null);
        var pair = Encoding.UTF8.GetString(Convert.FromBase64String(header["Basic ".Length..])).Split(':', 2);
        return (pair[0], pair.ElementAtOrDefault(1));
    }
}
