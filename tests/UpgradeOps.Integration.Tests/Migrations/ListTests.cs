using UpgradeOps.Engine.Operations;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Migrations;

/// <summary>Migrations of real databases, held against the releases that brought them.</summary>
public sealed class ListTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_newer_release_applied_is_unknown_to_the_one_that_runs()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await ThreadsApp.StartAsync();
        var list = new ListMigrations(app.Session);

        var running = await list.RunAsync(app.Path, null, Token);
        Assert.Equal([("38", MigrationState.Applied), ("39", MigrationState.Applied), ("40", MigrationState.Unknown)], running.Select(m => (m.Version, m.State)));
        Assert.Equal(("039_threads.up.sql", "039_threads.down.sql"), (running[1].File, running[1].DownFile));
        Assert.All(running, m => Assert.NotNull(m.AppliedAt));

        await app.ChangeFileAsync("1.1.0", "038_init.sql", "CREATE TABLE users (id BIGINT PRIMARY KEY);");
        await app.ChangeFileAsync("1.1.0", "041_more.sql", "SELECT 1;");
        await app.SqlAsync("UPDATE _sqlx_migrations SET success = FALSE WHERE version = 39");
        var newer = await list.RunAsync(app.Path, "1.1.0", Token);
        Assert.Equal([MigrationState.Changed, MigrationState.Failed, MigrationState.Applied, MigrationState.Pending], newer.Select(m => m.State));

        var error = await Assert.ThrowsAsync<AppException>(() => list.RunAsync(app.Path, "9.9.9", Token));
        Assert.Equal(ErrorIds.MigrationFilesMissing, error.ErrorId);
    }

    [Fact]
    public async Task They_are_read_from_the_image_that_runs()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { Database = DatabaseKind.Postgres });
        var text = await File.ReadAllTextAsync(stack.DefinitionPath, Token);
        Assert.Contains("table: phinxlog", text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(stack.DefinitionPath, text.Replace("table: phinxlog", "table: phinxlog, files: \"image:/app/config/Migrations\"", StringComparison.Ordinal), Token);
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);
        var list = new ListMigrations(admin.Session);

        var before = Assert.Single(await list.RunAsync(name, null, Token));
        Assert.Equal(("20260101000000", "CreateEntries", MigrationState.Applied, "20260101000000_create_entries.php"), (before.Version, before.Title!, before.State, before.File!));

        Assert.Equal(UpdateStatus.Kept, (await admin.UpdateAsync(name, version: "v1.1.0")).Status);
        Assert.Equal(["CreateEntries", "AddAuthor"], (await list.RunAsync(name, null, Token)).Select(m => m.Title));
        Assert.Equal(UpdateStatus.Kept, (await admin.UndoAsync(name, DataPolicy.Keep)).Status);
        Assert.Equal([MigrationState.Applied, MigrationState.Unknown], (await list.RunAsync(name, null, Token)).Select(m => m.State));
    }
}
