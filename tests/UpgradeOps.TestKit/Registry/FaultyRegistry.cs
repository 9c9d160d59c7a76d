using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace UpgradeOps.TestKit;

/// <summary>
/// Stands in front of a registry, on a loopback port of its own, and lets one fault at a time happen to those who ask through it. An image
/// is named by <see cref="Host"/> then; its publisher still pushes to the registry itself.
/// </summary>
public sealed class FaultyRegistry : IAsyncDisposable
{
    private static readonly string[] Passed = ["Docker-Content-Digest", "Docker-Distribution-Api-Version", "Link", "ETag", "WWW-Authenticate"];

    private readonly Lock gate = new();
    private readonly HttpClient registry;
    private readonly WebApplication app;
    private readonly int port;
    private RegistryFault? fault;
    private int hits;

    private FaultyRegistry(RegistryServer behind, int port)
    {
        this.port = port;
        registry = behind.CreateClient();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    public string Host => $"127.0.0.1:{port}";

    /// <summary>How many requests the present fault has hit.</summary>
    public int Hits => hits;

    public static async Task<FaultyRegistry> StartAsync(RegistryServer behind)
    {
        var proxy = new FaultyRegistry(behind, FreePort.Next());
        await proxy.app.StartAsync();
        return proxy;
    }

    /// <summary>From now on this goes wrong; null for nothing.</summary>
    public void Inject(RegistryFault? next)
    {
        lock (gate)
            (fault, hits) = (next, 0);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        registry.Dispose();
        await EngineCache.ForgetAsync(Host);
    }

    private RegistryFault? Hit(HttpRequest request)
    {
        var us = request.Headers.UserAgent.ToString().StartsWith("upgradeops/", StringComparison.Ordinal);
        lock (gate)
        {
            if (fault is null || hits >= fault.Times || !request.Path.Value!.Contains(fault.Path, StringComparison.Ordinal))
                return null;
            if (fault.From != RegistryClientKind.Anyone && us != (fault.From == RegistryClientKind.Us))
                return null;
            hits++;
            return fault;
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var hit = Hit(context.Request);
        if (hit?.Kind == RegistryFaultKind.Status)
        {
            context.Response.StatusCode = hit.Status;
            if (hit.RetryAfter is { } seconds)
                context.Response.Headers.RetryAfter = $"{seconds}";
            return;
        }

        if (hit?.Kind == RegistryFaultKind.Slow)
            await Task.Delay(hit.Delay, context.RequestAborted);
        using var question = new HttpRequestMessage(new HttpMethod(context.Request.Method), $"{context.Request.Path}{context.Request.QueryString}");
        foreach (var name in (string[])["Accept", "Authorization", "Range"])
            question.Headers.TryAddWithoutValidation(name, context.Request.Headers[name].ToArray());
        using var answer = await registry.SendAsync(question, context.RequestAborted);
        var body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        await SendAsync(context, answer, body, hit?.Kind);
    }

    private static async Task SendAsync(HttpContext context, HttpResponseMessage answer, byte[] body, RegistryFaultKind? kind)
    {
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        foreach (var name in Passed)
        {
            if (answer.Headers.TryGetValues(name, out var values))
                response.Headers[name] = values.ToArray();
        }

        response.ContentType = answer.Content.Headers.ContentType?.ToString();
        response.ContentLength = answer.Content.Headers.ContentLength;
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        if (kind == RegistryFaultKind.WrongBytes && body.Length > 0)
            body[body.Length / 2] ^= 1;
        if (kind != RegistryFaultKind.Cut)
        {
            await response.Body.WriteAsync(body, context.RequestAborted);
            return;
        }

        await response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), context.RequestAborted);
        await response.Body.FlushAsync(context.RequestAborted);
        context.Features.Get<IHttpRequestLifetimeFeature>()!.Abort();
    }
}
