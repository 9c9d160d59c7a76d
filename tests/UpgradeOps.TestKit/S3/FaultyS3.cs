using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace UpgradeOps.TestKit;

/// <summary>Stands in front of an S3 server, on a loopback port of its own, and lets one fault at a time happen to requests that write.</summary>
public sealed class FaultyS3 : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly HttpClient server;
    private readonly WebApplication app;
    private S3Fault? fault;
    private int hits;

    private FaultyS3(S3Server behind, int port)
    {
        Endpoint = $"http://127.0.0.1:{port}";
        server = new HttpClient { BaseAddress = new Uri(behind.Endpoint) };
        app = S3Relay.Listen(port, AnswerAsync);
    }

    public string Endpoint { get; }

    /// <summary>How many requests the present fault has hit.</summary>
    public int Hits => hits;

    public static async Task<FaultyS3> StartAsync(S3Server behind)
    {
        var proxy = new FaultyS3(behind, FreePort.Next());
        await proxy.app.StartAsync();
        return proxy;
    }

    /// <summary>From now on this goes wrong; null for nothing.</summary>
    public void Inject(S3Fault? next)
    {
        lock (gate)
            (fault, hits) = (next, 0);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        server.Dispose();
    }

    private S3Fault? Hit(HttpRequest request)
    {
        lock (gate)
        {
            if (fault is null || hits >= fault.Times || (fault.Writing && !HttpMethods.IsPut(request.Method)))
                return null;
            hits++;
            return fault;
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var hit = Hit(request);
        if (hit is { Kind: S3FaultKind.Status })
        {
            // It reads what it refuses, as servers do: else the client sees a broken pipe instead of the answer.
            await request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            context.Response.StatusCode = hit.Status;
            await context.Response.WriteAsync($"<?xml version=\"1.0\"?><Error><Code>{hit.Code}</Code><Message>As was asked for.</Message></Error>", context.RequestAborted);
            return;
        }

        if (hit is { Kind: S3FaultKind.Gone })
        {
            context.Abort();
            return;
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, context.RequestAborted);
        if (hit is { Kind: S3FaultKind.Cut })
        {
            context.Abort();
            return;
        }

        var bytes = body.ToArray();
        if (hit?.Kind == S3FaultKind.WrongBytes && bytes.Length > 0)
            bytes[bytes.Length / 2] ^= 1;
        using var question = S3Relay.Question(request, bytes);
        using var answer = await server.SendAsync(question, context.RequestAborted);
        await S3Relay.PassAsync(answer, context.Response, context.RequestAborted);
    }
}
