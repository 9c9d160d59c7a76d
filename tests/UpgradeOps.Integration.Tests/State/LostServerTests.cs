using System.Diagnostics;
using System.Text.Json;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Integration.State;

/// <summary>The state's server is lost in the middle of a real update; then also the definition. The update goes on when the server is back.</summary>
public sealed class LostServerTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new("lost-");
    private readonly int _port = FreePort.Next();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        // What runs there is the application, and nothing else.
        foreach (var process in Directory.GetDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), out _) && WorksIn(p, _folder.Path)))
        {
            await Command.RunAsync("kill", "-KILL", Path.GetFileName(process));
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task An_update_stops_where_it_is_and_is_resumed_when_the_server_is_back()
    {
        Needs.Parts(Part.Postgres);
        await using var server = await PostgresServer.StartAsync();
        await InstallAsync(server);
        var session = new EngineSession(new EngineOptions { ConfigFolder = _folder["config"], StateFolder = _folder["state"] });
        await new RegisterApp(session).RunAsync(_folder["app.yaml"], force: false, CancellationToken.None);
        var first = await new UpdateApp(session).RunAsync(new UpdateOptions { Name = "app", Version = "1.0.0" }, CancellationToken.None);
        Assert.True(first.Status == UpdateStatus.Kept, first.Error?.Message);

        using var console = Start("update", "app", "--version", "1.1.0", "--yes");
        while (await console.StandardError.ReadLineAsync() is { } line && !(line.Contains("StepDone", StringComparison.OrdinalIgnoreCase) && line.Contains("service.stop", StringComparison.Ordinal)))
        {
            // Until the old version is stopped: the worst moment.
        }

        await Command.OutputAsync("kill", "-STOP", $"{console.Id}");
        await server.StopAsync();
        await Command.OutputAsync("kill", "-CONT", $"{console.Id}");
        var errors = console.StandardError.ReadToEndAsync();
        var stopped = EngineJson.Read<UpdateResult>(await console.StandardOutput.ReadToEndAsync(), ErrorIds.Unexpected, "the console");
        await console.WaitForExitAsync();
        Assert.Equal((11, UpdateStatus.Interrupted, ErrorIds.StateUnreachable), (console.ExitCode, stopped.Status, stopped.Error!.ErrorId));
        Assert.Contains("resume app", await errors, StringComparison.Ordinal);

        // While the server is away nothing can be done, and that is told at once.
        var away = await Assert.ThrowsAsync<AppException>(() => new ResumeUpdate(session).RunAsync(new ResumeOptions { Name = "app" }, CancellationToken.None));
        Assert.Equal(ErrorIds.StateUnreachable, away.ErrorId);

        File.Delete(_folder["app.yaml"]);
        await server.StartAgainAsync();
        var resumed = await new ResumeUpdate(session).RunAsync(new ResumeOptions { Name = "app" }, CancellationToken.None);
        Assert.True(resumed.Status == UpdateStatus.Kept, resumed.Error?.Message);
        using var http = new HttpClient();
        Assert.Contains("1.1.0", await http.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/health")), StringComparison.Ordinal);
        Assert.Null(await new GetLock(session).RunAsync("app", CancellationToken.None));
        var history = await new GetHistory(session).RunAsync("app", CancellationToken.None);
        Assert.Equal([UpdateStatus.Kept, UpdateStatus.Kept], history.Select(h => h.Status!.Value));

        // The state is the server's; the backups are a folder of this host, which the operation has written down.
        Assert.NotEmpty(resumed.BackupIds);
        Assert.Equal(["backups"], Directory.GetFileSystemEntries(_folder["state/app"]).Select(Path.GetFileName));
        Assert.Contains(
            _folder["state/app/backups"], await server.SqlAsync("SELECT line FROM upgradeops.journal ORDER BY operation DESC, position LIMIT 1"), StringComparison.Ordinal);
    }

    private static bool WorksIn(string process, string folder)
    {
        try
        {
            return new FileInfo(Path.Combine(process, "cwd")).LinkTarget?.StartsWith(folder, StringComparison.Ordinal) == true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(
        "dotnet",
        [Path.Combine(AppContext.BaseDirectory, "UpgradeOps.Cli.dll"), .. arguments, "--json", "--progress", "json", "--config-folder", _folder["config"], "--state-folder", _folder["state"]])
    {
        RedirectStandardError = true,
        RedirectStandardOutput = true,
    })!;

    private async Task InstallAsync(PostgresServer server)
    {
        foreach (var version in (string[])["1.0.0", "1.1.0"])
        {
            Directory.CreateDirectory(_folder[$"in/{version}/www"]);
            await File.WriteAllTextAsync(_folder[$"in/{version}/www/health"], JsonSerializer.Serialize(new { version }));
        }

        Directory.CreateDirectory(_folder["srv/shared/data"]);
        await File.WriteAllTextAsync(_folder["srv/shared/data/rows"], "1\n");
        await File.WriteAllTextAsync(_folder["app.yaml"], $$"""
            schema: upgradeops/v1
            name: app
            platform: { service: { directory: srv, command: [{{ProgramPath.Get("busybox")}}, httpd, -f, -p, "127.0.0.1:{{_port}}", -h, www], stopTimeout: 2s } }
            releases: { folder: in }
            health: [ { http: "http://127.0.0.1:{{_port}}/health", version: version } ]
            backups: [ { folder: shared/data } ]
            state:
              postgresql: { address: 127.0.0.1, port: {{server.Port}}, database: postgres, user: {{PostgresServer.User}}, password: "file:{{server.PasswordFile}}" }
            """);
    }
}
