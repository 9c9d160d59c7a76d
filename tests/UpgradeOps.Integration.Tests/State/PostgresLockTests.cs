using UpgradeOps.Engine.Operations;
using UpgradeOps.Integration.Updates;
using UpgradeOps.StateContract;

namespace UpgradeOps.Integration.State;

/// <summary>The console's <c>lock</c> and <c>unlock</c> over a state that stands in PostgreSQL.</summary>
public sealed class PostgresLockTests(StateServer server) : IClassFixture<StateServer>, IDisposable
{
    private readonly TempFolder _folder = new("lock-");
    private readonly string _schema = StateServer.NewSchema();

    [Fact]
    public async Task A_dead_owner_s_lock_is_freed_and_a_living_one_s_only_by_force()
    {
        Needs.Parts(Part.Postgres);
        var definition = await WriteAsync();
        Assert.Equal("", await SayAsync("lock"));

        await using var living = StateProcess.Start("app", StateServer.Place(server.Server, _schema));
        await living.DoAsync("take");
        var held = (await new GetLock(Session()).RunAsync(definition, CancellationToken.None))!;
        Assert.Equal((living.Id, true), (held.ProcessId, held.OwnerAlive));
        Assert.Contains($"\"processId\": {living.Id}", await SayAsync("lock"), StringComparison.Ordinal);
        var refused = await RunAsync("unlock");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains(ErrorIds.LockHeld, refused.Error, StringComparison.Ordinal);
        Assert.NotEqual("", await SayAsync("lock"));

        Assert.Equal(0, (await RunAsync("unlock", "--force")).ExitCode);
        Assert.Equal("", await SayAsync("lock"));
        Assert.StartsWith(ErrorIds.LockLost, await living.AskAsync($"append op {Engine.State.JournalLine.Seal("""{"seq":1}""")}"), StringComparison.Ordinal);

        await using var dying = StateProcess.Start("app", StateServer.Place(server.Server, _schema));
        await dying.DoAsync("take");
        await dying.KillAsync();
        Assert.Contains("\"ownerAlive\": false", await SayAsync("lock"), StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("unlock")).ExitCode);
        Assert.Equal("", await SayAsync("lock"));
    }

    public void Dispose() => _folder.Dispose();

    private EngineSession Session() => new(new EngineOptions { ConfigFolder = _folder["config"] });

    /// <returns>Nothing when nobody holds it.</returns>
    private async Task<string> SayAsync(string verb)
    {
        var said = await RunAsync(verb);
        Assert.True(said.ExitCode == 0, said.ToString());
        return said.Output.Trim() is "null" ? "" : said.Output.Trim();
    }

    private Task<ConsoleOutcome> RunAsync(string verb, params string[] options) =>
        ConsoleProcess.RunAsync(null, null, [verb, _folder["app.yaml"], .. options, "--config-folder", _folder["config"]]);

    private async Task<string> WriteAsync()
    {
        Directory.CreateDirectory(_folder["srv"]);
        Directory.CreateDirectory(_folder["in"]);
        await File.WriteAllTextAsync(_folder["app.yaml"], $$"""
            schema: upgradeops/v1
            name: app
            platform: { service: { directory: "{{_folder.Path}}/srv", command: [sleep, "1"] } }
            releases: { folder: "{{_folder.Path}}/in" }
            health: [ { http: "http://127.0.0.1:9/health" } ]
            state:
              postgresql: { address: 127.0.0.1, port: {{server.Server.Port}}, database: postgres, schema: {{_schema}}, user: {{PostgresServer.User}}, password: "file:{{server.Server.PasswordFile}}", certificateAuthority: "{{server.Server.AuthorityFile}}" }

            """);
        return _folder["app.yaml"];
    }
}
