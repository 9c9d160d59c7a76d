using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Hosts;

/// <summary>The platform <c>compose</c> on another machine: the Docker Engine, Compose, the files and the database's tools are reached over a real SSH server.</summary>
public sealed class SshComposeTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_update_that_migrates_is_undone_with_its_database_and_a_sick_one_goes_back_by_itself()
    {
        Needs.Stack();
        Needs.Parts(Part.Ssh);
        var sick = KmpRelease.V110 with { Version = "v1.1.7", Behaviour = KmpBehaviour.Unhealthy };
        await registry.Images.PublishAsync(sick);
        await using var server = await SshServer.StartAsync();
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { Database = DatabaseKind.Postgres });
        using var client = new TempFolder("client-");
        var definition = (await File.ReadAllTextAsync(stack.DefinitionPath, Token))
            .Replace("host: local", $"host: {server.Address}\nstate: {{ folder: \"{client["over there"]}\" }}", StringComparison.Ordinal)
            .Replace("data: stop", "data: restore", StringComparison.Ordinal);
        await File.WriteAllTextAsync(client["kmp.yaml"], definition, Token);
        var session = new EngineSession(new EngineOptions { ConfigFolder = client["config"], StateFolder = client["state"] })
        {
            Variable = name => name == "UPGRADEOPS_SSH_CONFIG" ? server.ConfigurationFile : name.StartsWith("DOCKER_", StringComparison.Ordinal) ? "tcp://127.0.0.1:1" : null,
        };
        await stack.WriteAsync("precious");
        var container = await stack.ContainerAsync();

        // It never gets healthy: the very same container serves again.
        var failed = await UpdateAsync(session, client["kmp.yaml"], "v1.1.7");
        Assert.True(failed.Status == UpdateStatus.Undone, Outcomes.Describe(failed));
        Assert.Equal(("v1.0.0", container), (await stack.VersionAsync(), await stack.ContainerAsync()));

        // Every connection breaks where a step begins, and the update goes on.
        var cuts = 0;
        var shaken = new EngineSession(session.Options with { Progress = new Breaking(() => cuts += server.CutAsync().GetAwaiter().GetResult()) }) { Variable = session.Variable };
        var migrated = await UpdateAsync(shaken, client["kmp.yaml"], "v1.3.0");
        Assert.True((migrated.Status, migrated.To) == (UpdateStatus.Kept, "v1.3.0"), Outcomes.Describe(migrated));
        Assert.True(cuts > 5, $"only {cuts} connections were cut");
        Assert.NotEqual("CreateEntries", await stack.SqlAsync("SELECT migration_name FROM phinxlog ORDER BY version DESC LIMIT 1"));
        var backup = Assert.Single(migrated.BackupIds);
        Assert.True(File.Exists(Path.Combine(client["state"], migrated.Name, "backups", backup, "manifest.json")));

        var undone = await new UndoUpdate(session).RunAsync(new UndoOptions { Name = client["kmp.yaml"], Data = DataPolicy.Restore, Force = true }, Token);
        Assert.True(undone.Status == UpdateStatus.Kept, Outcomes.Describe(undone));
        Assert.Equal("v1.0.0", await stack.VersionAsync());
        Assert.Equal("precious", await stack.SqlAsync("SELECT note FROM entries"));
        Assert.Equal("CreateEntries", await stack.SqlAsync("SELECT migration_name FROM phinxlog ORDER BY version"));

        var status = await new GetStatus(session).RunAsync(client["kmp.yaml"], Token);
        Assert.Equal(("v1.0.0", true), (status.RunningVersion, status.Healthy));
    }

    [Theory]
    [InlineData(DatabaseKind.Postgres)]
    [InlineData(DatabaseKind.MariaDb)]
    public async Task A_dump_goes_on_though_the_connection_breaks_again_and_again(DatabaseKind database)
    {
        Needs.Stack();
        Needs.Parts(Part.Ssh);
        await using var server = await SshServer.StartAsync();
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { Database = database });
        using var client = new TempFolder("client-");
        await File.WriteAllTextAsync(client["kmp.yaml"], (await File.ReadAllTextAsync(stack.DefinitionPath, Token))
            .Replace("host: local", $"host: {server.Address}\nstate: {{ folder: \"{client["over there"]}\" }}", StringComparison.Ordinal), Token);
        // Tens of megabytes, also when they are packed.
        await stack.SqlAsync("CREATE TABLE much (id int, a text)");
        await stack.SqlAsync(database == DatabaseKind.Postgres
            ? "INSERT INTO much SELECT g, (SELECT string_agg(md5(random()::text || g || i), '') FROM generate_series(1, 30) i) FROM generate_series(1, 60000) g"
            : "INSERT INTO much WITH RECURSIVE g AS (SELECT 1 n UNION ALL SELECT n + 1 FROM g WHERE n < 900) SELECT a.n * 1000 + b.n, CONCAT(SHA2(RAND(), 512), SHA2(RAND(), 512), SHA2(RAND(), 512)) FROM g a, g b WHERE b.n <= 300");
        var session = new EngineSession(new EngineOptions { ConfigFolder = client["config"], StateFolder = client["state"] })
        {
            Variable = name => name == "UPGRADEOPS_SSH_CONFIG" ? server.ConfigurationFile : name.StartsWith("DOCKER_", StringComparison.Ordinal) ? "tcp://127.0.0.1:1" : null,
        };

        // Whenever another part of it has come.
        var (cuts, seen) = (0, 0L);
        var making = new BackupApp(session).RunAsync(client["kmp.yaml"], Token);
        while (!making.IsCompleted)
        {
            if (cuts < 3 && Written(client["state"]) is var written && written > seen + (4 << 20))
                (cuts, seen) = (cuts + Math.Sign(await server.CutAsync()), written);
            await Task.WhenAny(making, Task.Delay(50, Token));
        }

        var backup = await making;
        Assert.InRange(cuts, 2, 3);
        var dumped = new FolderBackupStore(Path.Combine(client["state"], backup.Name, "backups")).Read(backup.BackupId).Sources.Single(s => s.Source == "database:main").Rows!;
        Assert.Equal(await stack.SqlAsync("SELECT count(*) FROM much"), $"{dumped.Single(r => r.Key.EndsWith("much", StringComparison.Ordinal)).Value}");
        Assert.Equal(ProofLevel.Restore, (await new ProveBackup(session).RunAsync(client["kmp.yaml"], backup.BackupId, ProofLevel.Restore, Token)).Proof.Level);
    }

    [Fact]
    public async Task Without_rights_on_the_engine_over_there_or_without_docker_the_reason_is_told()
    {
        Needs.Stack();
        Needs.Parts(Part.Ssh);
        using var client = new TempFolder("client-");
        await File.WriteAllTextAsync(client["docker"], $"#!/bin/sh\n[ \"$1\" = system ] || exec {ProgramPath.Get("docker")} \"$@\"\necho 'permission denied while trying to connect to the Docker daemon socket' >&2\nexit 1\n", Token);
        File.SetUnixFileMode(client["docker"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Equal(ErrorIds.EngineForbidden, await RefusedAsync(client, $"SetEnv PATH={client.Path}:/usr/local/bin:/usr/bin:/bin"));

        var bare = Directory.CreateDirectory(client["bare"]).FullName;
        foreach (var tool in (string[])["sh", "dd", "mktemp", "mkfifo", "cat", "rm", "id", "stat", "find", "readlink", "date", "flock", "sync", "mkdir", "mv", "wc", "tail", "head", "truncate", "chmod", "df"])
            File.CreateSymbolicLink(Path.Combine(bare, tool), ProgramPath.Get(tool));
        Assert.Equal(ErrorIds.HostCommandMissing, await RefusedAsync(client, $"SetEnv PATH={bare}"));
    }

    private static long Written(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*main*", SearchOption.AllDirectories).Sum(f => new FileInfo(f) is { Exists: true } file ? file.Length : 0)
        : 0;

    private async Task<string> RefusedAsync(TempFolder client, string setting)
    {
        await using var server = await SshServer.StartAsync(setting);
        await File.WriteAllTextAsync(client["compose.yaml"], "services: { app: { image: \"app:${TAG}\" } }\n", Token);
        await File.WriteAllTextAsync(client[".env"], "TAG=v1.0.0\n", Token);
        await File.WriteAllTextAsync(client["app.yaml"], $$"""
            schema: upgradeops/v1
            name: app
            host: {{server.Address}}
            platform: { compose: { directory: "{{client.Path}}", service: app, version: { env-file: .env, variable: TAG } } }
            releases: { image: {{registry.Images.Repository}} }
            state: { folder: "{{client["state over there"]}}" }
            """, Token);
        var session = new EngineSession(new EngineOptions { ConfigFolder = client["config"], StateFolder = client["state"] })
        {
            Variable = name => name == "UPGRADEOPS_SSH_CONFIG" ? server.ConfigurationFile : null,
        };
        try
        {
            var result = await UpdateAsync(session, client["app.yaml"], "v1.1.0");
            return result.Error?.ErrorId ?? Outcomes.Describe(result);
        }
        catch (AppException e)
        {
            return e.ErrorId;
        }
    }

    private static Task<UpdateResult> UpdateAsync(EngineSession session, string definition, string version) =>
        new UpdateApp(session).RunAsync(new UpdateOptions { Name = definition, Version = version }, Token);

    private sealed class Breaking(Action cut) : Engine.Progress.IProgressSink
    {
        public void Report(Engine.Progress.ProgressEvent progress)
        {
            if (progress.Kind == Engine.Progress.ProgressKind.StepStarted)
                cut();
        }
    }
}
