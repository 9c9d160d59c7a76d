using System.Net;
using System.Text;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Health.Smoke;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Tests.Apps;
using UpgradeOps.Engine.Tests.Migrations;

namespace UpgradeOps.Engine.Tests.Health;

/// <summary>Smoke tests against a real HTTP server in this process, a scripted database and real commands.</summary>
public sealed class SmokeTestsTests : IDisposable
{
    private const string Key = "k-0123456789abcdef";

    private readonly HttpListener listener = new();
    private readonly List<string> seen = [];
    private readonly Redaction redaction = new();
    private readonly string url;

    public SmokeTestsTests()
    {
        for (var port = 20000 + Environment.ProcessId % 20000; ; port++)
        {
            try
            {
                url = $"http://127.0.0.1:{port}/";
                listener.Prefixes.Add(url);
                listener.Start();
                break;
            }
            catch (HttpListenerException)
            {
                listener = new HttpListener();
            }
        }

        _ = ServeAsync();
    }

    public void Dispose() => ((IDisposable)listener).Dispose();

    [Fact]
    public async Task What_one_request_captures_the_next_one_sends_with_its_secret()
    {
        var report = await RunAsync($$"""
            smoke:
              - name: log in
                http: {{url}}login
                method: POST
                headers: { X-Kind: smoke }
                body: '{"user":"a","password":"${pw}","plain":"$${pw}"}'
                secrets: { pw: "env:PW" }
                json: { ok: "true", user.name: a, user.ids.1: "8", user.nothing: "null" }
                capture: { token: token, id: user.ids.1 }
              - name: read
                http: {{url}}notes/${id}
                headers: { Authorization: "Bearer ${token}" }
                json: { id: "${id}", text: "*" }
            """);

        Assert.True(report.Passed, report.Reason);
        Assert.Equal(["log in", "read"], report.Tests.Select(t => t.Test));
        Assert.Equal($"POST /login X-Kind=smoke Authorization= application/json; charset=utf-8 {{\"user\":\"a\",\"password\":\"hunter2\",\"plain\":\"${{pw}}\"}}", seen[0]);
        Assert.StartsWith($"GET /notes/8 X-Kind= Authorization=Bearer {Key}", seen[1], StringComparison.Ordinal);
        Assert.Equal($"http GET {url}notes/${{id}}", report.Tests[1].Action);
        Assert.Equal("***", redaction.Clean(Key));
    }

    [Theory]
    [InlineData("{ name: t, http: '§missing' }", "it answers 404, not 200 (nothing here)")]
    [InlineData("{ name: t, http: '§login', method: POST, json: { ok: 'false' } }", "'ok' in its answer is 'true', not 'false'")]
    [InlineData("{ name: t, http: '§login', method: POST, json: { user.ids.7: '*' } }", "'user.ids.7' in its answer is not there")]
    [InlineData("{ name: t, http: '§login', method: POST, json: { user.nothing: '*' } }", "'user.nothing' in its answer is 'null'")]
    [InlineData("{ name: t, http: '§login', method: POST, capture: { a: nowhere } }", "'nowhere' is not in its answer, so ${a} has no value")]
    [InlineData("{ name: t, http: '§plain', json: { a: b } }", "its answer is no JSON")]
    [InlineData("{ name: t, http: '§slow', timeout: 200ms }", "no answer within 0.2 s")]
    [InlineData("{ name: t, http: 'http://127.0.0.1:1/' }", "refused")]
    [InlineData("{ name: t, sql: SELECT 0, database: main }", "it answers '0'")]
    [InlineData("{ name: t, sql: SELECT 7, database: main, expect: '8' }", "it answers '7', not '8'")]
    [InlineData("{ name: t, sql: nonsense, database: main }", "syntax error at or near \"nonsense\"")]
    [InlineData("{ name: t, command: [sh, -c, 'echo no disk >&2; exit 3'] }", "it ends with exit code 3, not 0 (no disk)")]
    [InlineData("{ name: t, command: [sh, -c, 'echo half'], output: whole }", "its output does not hold 'whole' (half)")]
    [InlineData("{ name: t, command: [sh, -c, 'sleep 30'], timeout: 300ms }", "it did not end within 0.3 s")]
    [InlineData("{ name: t, command: [no-such-command-at-all] }", "no-such-command-at-all")]
    [InlineData("{ name: t, http: '§plain', secrets: { a: 'env:NOT_THERE' } }", "NOT_THERE")]
    public async Task A_failure_is_told_by_its_test_and_ends_the_run(string test, string why)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || !test.Contains("[sh"), "The command is a POSIX shell's.");
        var report = await RunAsync($"smoke: [ {test.Replace("§", url)}, {{ name: later, http: '{url}plain' }} ]");

        Assert.False(report.Passed);
        Assert.Equal(["later"], report.NotRun);
        var failed = Assert.Single(report.Tests);
        Assert.Contains(why, failed.Detail, StringComparison.Ordinal);
        Assert.StartsWith("smoke test 't' failed: ", report.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_connection_to_the_host_that_breaks_is_no_word_against_the_version(int breaks)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The host is asked by a command of POSIX.");
        var asked = 0;
        var database = new FakeDatabase("postgresql")
        {
            Script = sql => ++asked <= breaks ? throw new AppException(ErrorIds.HostConnectionLost, "The connection was lost.") : "1",
        };
        var running = RunAsync("smoke: [ { name: t, sql: SELECT 1, database: main } ]", database);

        if (breaks == 3)
            Assert.Equal(ErrorIds.HostConnectionLost, (await Assert.ThrowsAsync<AppException>(() => running)).ErrorId);
        else
            Assert.True((await running).Passed);
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task Queries_get_captured_values_as_literals_and_commands_get_them_and_secrets_in_their_environment()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The commands are a POSIX shell's.");
        var asked = new List<string>();
        var database = new FakeDatabase("postgresql")
        {
            Script = sql =>
            {
                asked.Add(sql);
                return "'; DROP TABLE x; --";
            },
        };
        var report = await RunAsync(
            $$"""
            smoke:
              - { name: a, http: '{{url}}login', method: POST, capture: { evil: evil } }
              - { name: b, sql: 'SELECT ${evil}', database: main, expect: '${evil}' }
              - { name: c, command: [sh, -c, 'printf %s "$A-$B"; exit 4'], environment: { A: '${evil}', B: '${pw}' }, secrets: { pw: 'env:PW' }, exitCode: 4, output: "'; DROP" }
              - { name: d, command: [sh, -c, 'echo "$B" >&2; exit 1'], environment: { B: '${pw}' }, secrets: { pw: 'env:PW' } }
            """,
            database);

        Assert.Equal($"SELECT {SqlDialect.Of(database).Text("'; DROP TABLE x; --")}", Assert.Single(asked));
        Assert.Equal([true, true, true, false], report.Tests.Select(t => t.Passed));
        Assert.EndsWith("it ends with exit code 1, not 0 (***)", report.Reason, StringComparison.Ordinal);
    }

    private async Task<SmokeReport> RunAsync(string smoke, FakeDatabase? database = null)
    {
        var folder = Directory.CreateTempSubdirectory("upgradeops-smoke-");
        try
        {
            var definition = Definitions.Parse($"""
                schema: upgradeops/v1
                name: kmp
                platform: {"{"} compose: {"{"} directory: "{folder.FullName}", service: app, version: {"{"} variable: TAG {"}"} {"}"} {"}"}
                releases: {"{"} image: owner/kmp {"}"}
                databases: {"{"} main: {"{"} engine: postgresql, at: {"{"} address: 127.0.0.1 {"}"}, name: kmp, user: kmp {"}"} {"}"}
                {smoke}
                """);
            var tests = new SmokeTests(
                definition, new LocalHost(), new Dictionary<string, IDatabase> { ["main"] = database ?? new FakeDatabase("postgresql") { Script = Answer } }, new Secrets(redaction), redaction, TimeProvider.System);
            return await tests.RunAsync(null, TestContext.Current.CancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string? Answer(string sql) => sql.StartsWith("SELECT ", StringComparison.Ordinal)
        ? sql["SELECT ".Length..]
        : throw new AppException(ErrorIds.DatabaseToolFailed, $"syntax error at or near \"{sql}\"");

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var request = context.Request;
        var body = await reader.ReadToEndAsync();
        lock (seen)
            seen.Add($"{request.HttpMethod} {request.Url!.AbsolutePath} X-Kind={request.Headers["X-Kind"]} Authorization={request.Headers["Authorization"]} {request.ContentType} {body}");
        // The answer never comes; the end of the test closes the connection.
        if (request.Url.AbsolutePath == "/slow")
            return;
        var (status, text) = request.Url.AbsolutePath switch
        {
            "/login" when request.HttpMethod == "POST" => (200, $$"""{"ok":true,"token":"{{Key}}","evil":"'; DROP TABLE x; --","user":{"name":"a","ids":[7,8],"nothing":null} }"""),
            "/notes/8" => (200, """{"id":8,"text":"precious"}"""),
            "/plain" => (200, "hello"),
            _ => (404, "nothing\nhere"),
        };
        context.Response.StatusCode = status;
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        context.Response.Close();
    }

    private sealed class Secrets(Redaction redaction) : ISecretResolver
    {
        public Task<string> ResolveAsync(string reference, CancellationToken cancellationToken)
        {
            if (reference != "env:PW")
                throw new AppException(ErrorIds.SecretNotFound, $"There is no secret {reference}.", reference);
            redaction.Remember("hunter2");
            return Task.FromResult("hunter2");
        }
    }
}
