using System.Net;

namespace Notes;

/// <summary><c>GET /health</c>, <c>GET /notes</c>, <c>GET /notes/count</c> and <c>POST /notes</c>.</summary>
internal static class Server
{
    /// <summary>The barest host that there is: it answers a tenth of a second after its start.</summary>
    public static WebApplication Create(IPEndPoint address, ReleaseFile release, NoteBook book)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(address));
        // Notes are short: what is asked when the end comes is answered, and nobody waits for idle connections.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var app = builder.Build();
        app.Run(context => AnswerAsync(context, release, book));
        return app;
    }

    private static async Task AnswerAsync(HttpContext context, ReleaseFile release, NoteBook book)
    {
        switch (context.Request.Method, context.Request.Path.Value)
        {
            case ("GET", "/health"):
                context.Response.StatusCode = release.HealthStatus;
                await context.Response.WriteAsJsonAsync(new { status = release.HealthStatus == 200 ? "ok" : "failing", version = release.Version });
                return;
            case ("GET", "/notes/count"):
                await context.Response.WriteAsJsonAsync(new { count = book.Count });
                return;
            case ("GET", "/notes"):
                context.Response.ContentType = "text/plain; charset=utf-8";
                await context.Response.WriteAsync(book.ReadAll());
                return;
            case ("POST", "/notes"):
                using (var reader = new StreamReader(context.Request.Body))
                    await TakeAsync(context, await reader.ReadToEndAsync(), book);
                return;
            default:
                context.Response.StatusCode = 404;
                return;
        }
    }

    private static Task TakeAsync(HttpContext context, string note, NoteBook book)
    {
        if (string.IsNullOrWhiteSpace(note))
        {
            context.Response.StatusCode = 400;
            return context.Response.WriteAsJsonAsync(new { error = "an empty note" });
        }

        var count = book.Add(note);
        context.Response.StatusCode = 201;
        return context.Response.WriteAsJsonAsync(new { count });
    }
}
