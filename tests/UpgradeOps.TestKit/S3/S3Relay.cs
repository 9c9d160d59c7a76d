using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace UpgradeOps.TestKit;

/// <summary>Passes requests on to an S3 server, and its answers back, as they are.</summary>
internal static class S3Relay
{
    private static readonly string[] NotPassed = ["Host", "Connection", "Transfer-Encoding", "Content-Length", "Expect"];

    /// <summary>A server on a loopback port that takes bodies of any size; not started yet.</summary>
    public static WebApplication Listen(int port, RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Limits.MaxRequestBodySize = null;
            k.Listen(IPAddress.Loopback, port);
        });
        var app = builder.Build();
        app.Run(answer);
        return app;
    }

    public static HttpRequestMessage Question(HttpRequest request, byte[] body)
    {
        var question = new HttpRequestMessage(new HttpMethod(request.Method), $"{request.Path}{request.QueryString}") { Content = new ByteArrayContent(body) };
        foreach (var (name, values) in request.Headers.Where(h => !NotPassed.Contains(h.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (!question.Headers.TryAddWithoutValidation(name, values.ToArray()))
                question.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        return question;
    }

    public static async Task PassAsync(HttpResponseMessage answer, HttpResponse response, CancellationToken cancellationToken)
    {
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(h => !NotPassed.Contains(h.Key, StringComparer.OrdinalIgnoreCase)))
            response.Headers[name] = values.ToArray();
        var content = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        response.ContentLength = answer.Content.Headers.ContentLength;
        if (!HttpMethods.IsHead(response.HttpContext.Request.Method))
            await response.Body.WriteAsync(content, cancellationToken);
    }
}
