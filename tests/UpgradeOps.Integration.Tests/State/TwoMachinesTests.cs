using System.Text.Json;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Integration.State;

/// <summary>
/// Runners on two machines (containers: their own processes, network and host name) over one PostgreSQL server, and an application whose
/// folder both have mounted.
/// </summary>
public sealed class TwoMachinesTests : IDisposable
{
    private readonly TempFolder _folder = new("machines-");

    [Fact]
    public async Task One_lease_one_history_and_the_second_machine_goes_on_where_the_first_was_lost()
    {
        Needs.Parts(Part.Docker, Part.Postgres);
        await using var server = await PostgresServer.StartAsync();
        await using var network = await MachineNetwork.CreateAsync();
        var definition = await WriteAsync(network.HostAddress, server.Port);
        await using var first = await RunnerMachine.StartAsync("runner-1", network, _folder.Path);
        await using var second = await RunnerMachine.StartAsync("runner-2", network, _folder.Path);
        (await first.ConsoleAsync("update", definition, "--version", "1.0.0", "--yes", "--json")).Expect("the first version");

        // In the middle of its update the first machine stops moving; the second sees who has it, and is refused.
        using var console = await first.ConsoleUntilAsync(
            line => line.Contains("StepDone", StringComparison.OrdinalIgnoreCase) && line.Contains("service.stop", StringComparison.Ordinal),
            "update", definition, "--version", "1.1.0", "--yes", "--json", "--progress", "json");
        await first.PauseAsync();
        var held = Json<LockInfo>(await second.ConsoleAsync("lock", definition, "--json"));
        Assert.Equal(("runner-1", 2L), (held.Machine, held.Fence));
        var refused = await second.ConsoleAsync("update", definition, "--version", "1.1.0", "--yes", "--json");
        Assert.Equal(14, refused.ExitCode);
        Assert.Equal(ErrorIds.LockHeld, EngineJson.Read<UpdateResult>(refused.Output, ErrorIds.Unexpected, "").Error!.ErrorId);
        Assert.Contains(ErrorIds.LockHeld, (await second.ConsoleAsync("unlock", definition)).Error, StringComparison.Ordinal);

        // Now it is lost, with the application that ran on it. The second goes on as soon as nothing is heard of it any more.
        await first.PowerOffAsync();
        await console.WaitForExitAsync();
        CommandResult resumed = null!;
        await Until.TrueAsync(
            async () =>
            {
                resumed = await second.ConsoleAsync("resume", definition, "--json");
                return !resumed.Error.Contains(ErrorIds.LockHeld, StringComparison.Ordinal);
            },
            TimeSpan.FromMinutes(3),
            "the second machine may take over");
        var result = Json<UpdateResult>(resumed);
        Assert.Equal((UpdateStatus.Kept, "1.1.0", true), (result.Status, result.To, result.Resumed));

        // It runs there now, and everybody sees one history: the second machine, and a third that has nothing but the definition.
        Assert.Equal("1.1.0", Json<AppStatus>(await second.ConsoleAsync("status", definition, "--json")).RunningVersion);
        var there = EngineJson.Read<List<HistoryEntry>>((await second.ConsoleAsync("history", definition, "--json")).Expect("history"), ErrorIds.Unexpected, "");
        var session = new EngineSession(new EngineOptions { ConfigFolder = _folder["config"] });
        var here = await new GetHistory(session).RunAsync(definition, CancellationToken.None);
        Assert.Equal(2, here.Count(h => h.Status == UpdateStatus.Kept));
        Assert.Contains(here, h => h is { Status: UpdateStatus.Refused, ErrorId: ErrorIds.LockHeld });
        Assert.Equal(EngineJson.Write(here), EngineJson.Write<IReadOnlyList<HistoryEntry>>(there));
        Assert.Null(await new GetLock(session).RunAsync(definition, CancellationToken.None));
        Assert.False(Directory.Exists(_folder["state"]));
    }

    public void Dispose() => _folder.Dispose();

    private static T Json<T>(CommandResult result) => EngineJson.Read<T>(result.Expect("the console"), ErrorIds.Unexpected, "the console");

    private async Task<string> WriteAsync(string address, int port)
    {
        foreach (var version in (string[])["1.0.0", "1.1.0"])
        {
            Directory.CreateDirectory(_folder[$"in/{version}/www"]);
            await File.WriteAllTextAsync(_folder[$"in/{version}/www/health"], JsonSerializer.Serialize(new { version }));
        }

        Directory.CreateDirectory(_folder["srv"]);
        await File.WriteAllTextAsync(_folder["password"], PostgresServer.Password);
        await File.WriteAllTextAsync(_folder["app.yaml"], $$"""
            schema: upgradeops/v1
            name: app
            platform: { service: { directory: "{{_folder.Path}}/srv", command: [/bin/busybox, httpd, -f, -p, "127.0.0.1:8087", -h, www], stopTimeout: 2s } }
            releases: { folder: "{{_folder.Path}}/in" }
            health: [ { http: "http://127.0.0.1:8087/health", version: version } ]
            state:
              postgresql: { address: {{address}}, port: {{port}}, database: postgres, user: {{PostgresServer.User}}, password: "file:{{_folder.Path}}/password", tls: off }
            """);
        return _folder["app.yaml"];
    }
}
