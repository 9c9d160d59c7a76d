using System.Security.Cryptography;
using System.Text;

namespace UpgradeOps.Integration.Git;

/// <summary>Migrations of commits that are not installed, held against a real database from the console, before anything is built.</summary>
public sealed class GitMigrationTests
{
    private const string Init = "CREATE TABLE users (id INT PRIMARY KEY);\n";
    private const string Threads = "CREATE TABLE threads (id INT PRIMARY KEY);\n";

    [Theory]
    [InlineData("local", "")]
    [InlineData("ssh", "")]
    [InlineData("local", ", build: { steps: [ { run: [cp, -r, www, made] } ], copy: [ { from: made, to: www }, { from: server/, to: app/ } ] }")]
    public async Task A_service_is_told_what_an_update_would_do_to_its_database(string host, string build)
    {
        Needs.Parts(Part.Git, Part.Ssh, Part.Postgres);
        await using var server = await ServerAsync();
        var folder = build.Length > 0 ? "app/migrations" : "server/migrations";
        await using var world = await GitServiceWorld.StartAsync(
            w => host == "local" ? w.Address : w.Workshop.Origin, host, build, w => ReleaseAsync(w, "v1.0.0", ("001_init.sql", Init)), Definition(server, $"files: {folder}, down: {folder}/down"));
        Task<string> AskAsync(string release) => MigrationsAsync(world.AskAsync<IReadOnlyList<Migration>>, world.Definition, release);

        await ReleaseAsync(world, "v1.1.0", ("001_init.sql", Init), ("002_threads.sql", Threads), ("down/002_threads.down.sql", "DROP TABLE threads;"));
        var edited = await ReleaseAsync(world, "v1.2.0", ("001_init.sql", "CREATE TABLE users (id BIGINT PRIMARY KEY);\n"), ("002_threads.sql", Threads));
        var process = world.Process();

        Assert.Equal("1 Applied, 2 Unknown", await AskAsync(""));
        Assert.Equal("1 Applied, 2 Unknown", await AskAsync("v1.0.0"));
        Assert.Equal("1 Applied, 2 Applied", await AskAsync("v1.1.0"));
        foreach (var name in (string[])["v1.2.0", "1.2.0", edited, edited[..10], $"main-{edited[..12]}", "main"])
            Assert.Equal("1 Changed, 2 Applied", await AskAsync(name));
        await server.SqlAsync("DELETE FROM _sqlx_migrations WHERE version = 2", "chat");
        Assert.Equal("1 Applied, 2 Pending", await AskAsync("v1.1.0"));
        Assert.Equal("002_threads.down.sql", (await world.AskAsync<IReadOnlyList<Migration>>("migrations", world.Definition, "--release", "v1.1.0"))[1].DownFile);

        var unknown = await world.RunAsync(null, "migrations", world.Definition, "--release", "v9.9.9");
        Assert.True(unknown.ExitCode != 0 && unknown.Error.Contains(ErrorIds.ReleaseNotFound, StringComparison.Ordinal), unknown.ToString());
        await world.Workshop.GitAsync("rm", "-q", "-r", "server/migrations");
        await world.ReleaseAsync("v1.3.0");
        var missing = await world.RunAsync(null, "migrations", world.Definition, "--release", "v1.3.0");
        Assert.True(missing.ExitCode != 0 && missing.Error.Contains(ErrorIds.MigrationFilesMissing, StringComparison.Ordinal), missing.ToString());

        // A look: nothing was fetched into a release, nothing was restarted. What is installed is told without the repository.
        Assert.Equal((process, "v1.0.0"), (world.Process(), await world.RunningAsync()));
        Assert.Equal(["v1.0.0"], world.Releases());
        if (host == "local")
            await world.Server.GoAwayAsync();
        else
            Directory.Delete(world.Workshop.Origin, recursive: true);
        Assert.Equal("1 Applied", await AskAsync("v1.0.0"));
    }

    [Fact]
    public async Task A_migration_is_taken_back_with_the_script_of_a_commit_that_is_not_installed()
    {
        Needs.Parts(Part.Git, Part.Ssh, Part.Postgres);
        await using var server = await ServerAsync();
        await using var world = await GitServiceWorld.StartAsync(
            first: w => ReleaseAsync(w, "v1.0.0", ("001_init.sql", Init)), more: Definition(server, "files: server/migrations") + "\nbackups: [ { database: main } ]");
        await ReleaseAsync(world, "v1.1.0", ("001_init.sql", Init), ("002_threads.up.sql", Threads), ("002_threads.down.sql", "DROP TABLE threads;"));
        await server.SqlAsync(Threads, "chat");

        var undone = await world.AskAsync<UpdateResult>("undo-migration", world.Definition, "--release", "v1.1.0", "--force");
        Assert.True(undone.Status == UpdateStatus.Kept, undone.Error?.Message);
        Assert.Equal("1", (await server.SqlAsync("SELECT string_agg(version::text, ',') FROM _sqlx_migrations", "chat")).Trim());
        Assert.Equal("", (await server.SqlAsync("SELECT to_regclass('threads')", "chat")).Trim());
        Assert.Equal(["v1.0.0"], world.Releases());
    }

    [Theory]
    [InlineData("local", "image:/app/migrations", ", source: server/migrations")]
    [InlineData("ssh", "image:/app/migrations", ", source: server/migrations")]
    [InlineData("local", "server/migrations", "")]
    public async Task A_compose_application_is_told_before_its_image_is_built(string host, string files, string source)
    {
        Needs.Parts(Part.Git, Part.Ssh, Part.Postgres, Part.Docker, Part.Compose);
        await using var server = await ServerAsync();
        await using var world = await GitComposeWorld.StartAsync(
            w => w.ReleaseAsync("v1.0.0"), "app", "channels: { main: \"branch:main\" }, channel: main", Definition(server, $"files: \"{files}\"{source}"), host);
        var (container, checkout) = (await world.ContainerAsync(), await world.RunAsync("git", "status", "--porcelain"));
        await world.Workshop.CommitAsync("More", ("server/migrations/001_init.sql", Init), ("server/migrations/003_titles.sql", "SELECT 3;"));

        Assert.Equal("1 Applied, 2 Unknown, 3 Pending", await MigrationsAsync(world.AskAsync<IReadOnlyList<Migration>>, world.Definition, "main"));
        Assert.Equal((container, checkout), (await world.ContainerAsync(), await world.RunAsync("git", "status", "--porcelain")));

        if (source.Length == 0)
            return;
        await File.WriteAllTextAsync(world.Definition, (await File.ReadAllTextAsync(world.Definition)).Replace(source, "", StringComparison.Ordinal));
        var untold = await world.ConsoleAsync(null, "migrations", world.Definition, "--release", "main");
        Assert.True(untold.ExitCode != 0 && untold.Error.Contains("source:", StringComparison.Ordinal), untold.ToString());
    }

    private static async Task<PostgresServer> ServerAsync()
    {
        var server = await PostgresServer.StartAsync("ssl=off");
        await server.SqlAsync("CREATE DATABASE chat");
        await server.SqlAsync("CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL, checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL)", "chat");
        foreach (var (version, text) in new[] { (1, Init), (2, Threads) })
            await server.SqlAsync($"INSERT INTO _sqlx_migrations VALUES ({version}, 'x', now(), TRUE, '\\x{Convert.ToHexStringLower(SHA384.HashData(Encoding.UTF8.GetBytes(text)))}', 1)", "chat");
        return server;
    }

    private static string Definition(PostgresServer server, string migrations) => $$"""
        databases:
          main: { engine: postgresql, at: { address: 127.0.0.1, port: {{server.Port}} }, name: chat, user: {{PostgresServer.User}}, password: "file:{{server.PasswordFile}}" }
        migrations: { database: main, table: _sqlx_migrations, {{migrations}} }
        """;

    private static async Task<string> ReleaseAsync(GitServiceWorld world, string version, params (string File, string Sql)[] migrations)
    {
        await world.Workshop.GitAsync("rm", "-q", "-r", "--ignore-unmatch", "server/migrations");
        // A folder of scripts that take back is there in each.
        await world.Workshop.CommitAsync("Migrations", [("server/migrations/down/README", ""), .. migrations.Select(m => ($"server/migrations/{m.File}", m.Sql))]);
        return await world.ReleaseAsync(version);
    }

    private static async Task<string> MigrationsAsync(Func<string[], Task<IReadOnlyList<Migration>>> ask, string definition, string release) =>
        string.Join(", ", (await ask(["migrations", definition, .. release.Length == 0 ? (string[])[] : ["--release", release]])).Select(m => $"{m.Version.TrimStart('0')} {m.State}"));
}
