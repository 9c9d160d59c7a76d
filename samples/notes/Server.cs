using System.Net;
using System.Text;
using System.Text.Json;

namespace Notes;

/// <summary><c>GET /health</c>, <c>GET /notes</c>, <c>GET /notes/count</c> and <c>POST /notes</c>.</summary>
internal sealed class Server : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly ReleaseFile release;
    private readonly NoteBook book;

    public Server(string address, ReleaseFile release, NoteBook book)
    {
        this.release = release;
        this.book = book;
        listener.Prefixes.Add($"http://{address}/");
        listener.Start();
    }

    /// <summary>Answers until <see cref="Stop"/>; what was begun is answered still.</summary>
    public async Task RunAsync()
    {
        var open = new HashSet<Task>();
        while (listener.IsListening)
        {
            try
            {
                open.Add(AnswerAsync(await listener.GetContextAsync()));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                break;
            }

            open.RemoveWhere(t => t.IsCompleted);
        }

        await Task.WhenAll(open);
    }

    public void Stop() => listener.Stop();

    public void Dispose() => ((IDisposable)listener).Dispose();

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var (status, type, text) = await HandleAsync(context.Request);
            var bytes = Encoding.UTF8.GetBytes(text);
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            context.Response.ContentLength64 = bytes.Length;
            await context.Response.OutputStream.WriteAsync(bytes);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The caller is gone.
        }
    }

    private async Task<(int Status, string Type, string Text)> HandleAsync(HttpListenerRequest request)
    {
        switch (request.HttpMethod, request.Url!.AbsolutePath)
        {
            case ("GET", "/health"):
                var status = release.HealthStatus == 200 ? "ok" : "failing";
                return Json(release.HealthStatus, new { status, version = release.Version });
            case ("GET", "/notes/count"):
                return Json(200, new { count = book.Count });
            case ("GET", "/notes"):
                return (200, "text/plain; charset=utf-8", book.ReadAll());
            case ("POST", "/notes"):
                using (var reader = new StreamReader(request.InputStream, Encoding.UTF8))
                {
                    var note = await reader.ReadToEndAsync();
                    return string.IsNullOrWhiteSpace(note)
                        ? Json(400, new { error = "an empty note" })
                        : Json(201, new { count = book.Add(note) });
                }

            default:
                return Json(404, new { error = "no such page" });
        }
    }

    private static (int, string, string) Json<T>(int status, T value) => (status, "application/json", JsonSerializer.Serialize(value));
}
