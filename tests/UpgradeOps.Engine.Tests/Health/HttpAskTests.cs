using System.Net;
using System.Net.Sockets;
using System.Text;
using UpgradeOps.Engine.Health.Http;

namespace UpgradeOps.Engine.Tests.Health;

/// <summary>Against a real listener on the loopback address.</summary>
public sealed class HttpAskTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly HttpAsk ask = new(TimeProvider.System);
    private readonly List<string> requests = [];
    private Func<string, string?> answer = _ => Response("200 OK", "fine");

    public HttpAskTests()
    {
        listener.Start();
        _ = ServeAsync();
    }

    public void Dispose() => listener.Dispose();

    [Fact]
    public async Task An_answer_is_read_and_the_connection_is_not_kept()
    {
        var answered = await ask.AskAsync(Url("/health?x=1"), null, 200, Timeout, CancellationToken.None);

        Assert.Equal((200, "fine", null), (answered.Status, answered.Body, answered.Problem));
        Assert.True(answered.Latency > TimeSpan.Zero);
        var request = Assert.Single(requests);
        Assert.StartsWith("GET /health?x=1 HTTP/1.1\r\n", request);
        Assert.Contains("Connection: close", request);
    }

    [Fact]
    public async Task The_given_address_is_asked_with_the_URLs_host()
    {
        var url = new Uri($"http://kmp.invalid:{Port}/");

        var answered = await ask.AskAsync(url, "127.0.0.1", 200, Timeout, CancellationToken.None);

        Assert.Equal(200, answered.Status);
        Assert.Contains($"Host: kmp.invalid:{Port}", Assert.Single(requests));
    }

    [Fact]
    public async Task A_redirect_is_followed_on_the_same_origin_only()
    {
        answer = path => path switch
        {
            "/here" => Response("302 Found", "", "Location: /there"),
            "/there" => Response("200 OK", "arrived"),
            _ => Response("302 Found", "", "Location: http://elsewhere.invalid/login"),
        };

        Assert.Equal("arrived", (await ask.AskAsync(Url("/here"), null, 200, Timeout, CancellationToken.None)).Body);
        Assert.Contains("somewhere else", (await ask.AskAsync(Url("/away"), null, 200, Timeout, CancellationToken.None)).Problem);
        Assert.Equal((302, null), (await ask.AskAsync(Url("/away"), null, 302, Timeout, CancellationToken.None)) is var a ? (a.Status, a.Problem) : default);
    }

    [Fact]
    public async Task Redirects_come_to_an_end()
    {
        answer = _ => Response("302 Found", "", "Location: /again");

        Assert.Contains("more than 5 times", (await ask.AskAsync(Url("/"), null, 200, Timeout, CancellationToken.None)).Problem);
    }

    [Fact]
    public async Task Silence_ends_after_the_declared_time()
    {
        answer = _ => null;

        var answered = await ask.AskAsync(Url("/"), null, 200, TimeSpan.FromMilliseconds(200), CancellationToken.None);

        Assert.Equal((null, "no answer within 0.2 s"), (answered.Status, answered.Problem));
    }

    [Fact]
    public async Task A_refused_connection_is_told_in_words()
    {
        listener.Stop();

        var answered = await ask.AskAsync(Url("/"), null, 200, Timeout, CancellationToken.None);

        Assert.Null(answered.Status);
        Assert.Contains("refused", answered.Problem);
    }

    [Fact]
    public async Task Only_the_beginning_of_an_endless_answer_is_read()
    {
        answer = _ => Response("200 OK", new string('x', 3_000_000));

        Assert.Equal(64 * 1024, (await ask.AskAsync(Url("/"), null, 200, Timeout, CancellationToken.None)).Body.Length);
    }

    [Fact]
    public async Task What_is_no_HTTP_is_a_problem_and_not_an_exception()
    {
        foreach (var garbage in (string[])["SSH-2.0-OpenSSH\r\n", "HTTP/1.1 two hundred\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ncut", "\0\0\0\0"])
        {
            answer = _ => garbage;
            var answered = await ask.AskAsync(Url("/"), null, 200, TimeSpan.FromSeconds(2), CancellationToken.None);
            Assert.NotNull(answered.Problem);
        }
    }

    private int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    private Uri Url(string path) => new($"http://127.0.0.1:{Port}{path}");

    private static string Response(string status, string body, string? header = null) =>
        $"HTTP/1.1 {status}\r\n{(header is null ? "" : header + "\r\n")}Content-Length: {body.Length}\r\n\r\n{body}";

    private async Task ServeAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync();
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException or InvalidOperationException)
            {
                return;
            }

            _ = AnswerAsync(client);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var buffer = new byte[8192];
                var request = Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
                lock (requests)
                    requests.Add(request);
                if (answer(request.Split(' ')[1]) is not { } text)
                {
                    await stream.ReadAtLeastAsync(buffer, 1, throwOnEndOfStream: false); // silent until the other side gives up
                    return;
                }

                await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
                client.Client.Shutdown(SocketShutdown.Send);
                await stream.ReadAtLeastAsync(buffer, 1, throwOnEndOfStream: false);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // the other side left
            }
        }
    }
}
