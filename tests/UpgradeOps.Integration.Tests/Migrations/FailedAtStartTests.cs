using UpgradeOps.Engine.Operations;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Migrations;

/// <summary>A version whose migration fails at its start is told as such: which migration, and what the server said.</summary>
public sealed class FailedAtStartTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    private static readonly KmpRelease Bad = KmpRelease.V110 with { Migrations = [KmpRelease.CreateEntries, KmpRelease.AddAuthor, KmpRelease.Broken] };

    [Fact]
    public async Task On_a_service_with_the_servers_message_in_result_evidence_history_and_memory()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await SqlxService.StartAsync();
        app.PublishNext("1.1.0", true, ("040_titles.sql", "ALTER TABLE threads ADD title TEXT;"), ("041_owners.sql", "CREATE TABLE owners (id INT); ALTER TABLE no_such_table ADD owner INT;"));

        var result = await app.UpdateAsync("1.1.0");

        // 40 was applied and stays so: a person must choose about the data, and is told why.
        Assert.True(result is { Status: UpdateStatus.NeedsAttention, Error.ErrorId: ErrorIds.DataNeedsChoice }, Outcomes.Describe(result));
        const string Cause = "Migration 41 (owners) of chat 1.1.0 failed: relation \"no_such_table\" does not exist.";
        Assert.Contains(Cause, result.Error!.Message, StringComparison.Ordinal);
        var failed = Assert.Single(result.Steps, s => s.Detail is not null);
        Assert.StartsWith(Cause, failed.Detail, StringComparison.Ordinal);

        var undone = await new UndoUpdate(app.Session).RunAsync(new UndoOptions { Name = app.DefinitionPath, Data = DataPolicy.Keep }, CancellationToken.None);
        Assert.True(undone is { Status: UpdateStatus.Undone, Error.ErrorId: ErrorIds.MigrationFailed }, Outcomes.Describe(undone));
        Assert.Equal("1.0.0", await app.VersionAsync());
        await AssertKeptAsync(app.Session, app.DefinitionPath, undone, Cause);
    }

    [Fact]
    public async Task One_that_is_in_no_table_and_bears_no_number_is_the_first_that_is_pending()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await SqlxService.StartAsync();
        app.PublishNext("1.1.0", true, ("040_broken_titles.sql", "ALTER TABLE threads ADD title NO_SUCH_TYPE;"));
        var script = await File.ReadAllTextAsync(app.ReleaseFile("1.1.0", "migrate"));
        await File.WriteAllTextAsync(app.ReleaseFile("1.1.0", "migrate"), script.Replace("executing migration $version", "executing migrations", StringComparison.Ordinal));

        var result = await app.UpdateAsync("1.1.0");

        Assert.True(result is { Status: UpdateStatus.Undone, Error.ErrorId: ErrorIds.MigrationFailed }, Outcomes.Describe(result));
        Assert.StartsWith("Migration 040 (broken titles) of chat 1.1.0 failed: type \"no_such_type\" does not exist.", result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_only_its_tool_wrote_down_is_told_too()
    {
        Needs.Parts(Part.Postgres);
        await using var app = await SqlxService.StartAsync();
        app.PublishNext("1.1.0", true, ("040_titles.sql", "SELECT 1;"));
        await File.WriteAllTextAsync(app.ReleaseFile("1.1.0", "run"), """
            export PGHOST=127.0.0.1 PGUSER=postgres PGDATABASE=chat; PGPASSWORD=$(cat "$PASSWORD_FILE"); export PGPASSWORD
            psql -Xqc "INSERT INTO _sqlx_migrations VALUES (40, 'titles', now(), FALSE, '', 1)"
            sleep 1; exit 1
            """);

        var result = await app.UpdateAsync("1.1.0");

        Assert.Contains("Migration 40 (titles) of chat 1.1.0 failed: what the database said is not in its log.", result.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no")]
    [InlineData("unless-stopped")]
    public async Task On_compose_it_is_undone_and_nothing_of_it_stays(string restart)
    {
        Needs.Stack();
        var bad = Bad with { Version = "v2.7.0", Migrations = [KmpRelease.CreateEntries, KmpRelease.Broken] };
        await registry.Images.PublishAsync(bad);
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { Database = DatabaseKind.Postgres, RestartPolicy = restart });
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);

        var result = await admin.UpdateAsync(name, version: bad.Version);

        Assert.True(result is { Status: UpdateStatus.Undone, Error.ErrorId: ErrorIds.MigrationFailed }, Outcomes.Describe(result));
        var cause = $"Migration 20260401000000 (Broken) of {name} v2.7.0 failed: relation \"no_such_table\" does not exist.";
        Assert.StartsWith(cause, result.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("Seen from outside: ", result.Error.Message, StringComparison.Ordinal);
        Assert.Equal("v1.0.0", await stack.VersionAsync());
        await AssertKeptAsync(admin.Session, name, result, cause);
    }

    [Fact]
    public async Task On_mariadb_which_keeps_the_half_of_it_a_person_is_told_and_chooses()
    {
        Needs.Stack();
        var bad = Bad with { Version = "v2.8.0", Migrations = [KmpRelease.CreateEntries, KmpRelease.Broken] };
        await registry.Images.PublishAsync(bad);
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { Database = DatabaseKind.MariaDb });
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);

        var result = await admin.UpdateAsync(name, version: bad.Version);

        Assert.True(result is { Status: UpdateStatus.NeedsAttention, Error.ErrorId: ErrorIds.DataNeedsChoice }, Outcomes.Describe(result));
        Assert.True(result.Error!.Message.Contains($"Migration 20260401000000 (Broken) of {name} v2.8.0 failed: ERROR 1146 (42S02)", StringComparison.Ordinal), result.Error.Message);
        var undone = await admin.UndoAsync(name, DataPolicy.Restore, force: true);
        Assert.True(undone is { Status: UpdateStatus.Undone, Error.ErrorId: ErrorIds.MigrationFailed }, Outcomes.Describe(undone));
        Assert.Equal("v1.0.0", await stack.VersionAsync());
    }

    private static async Task AssertKeptAsync(EngineSession session, string name, UpdateResult result, string cause)
    {
        var told = await File.ReadAllTextAsync(Assert.Single(result.Evidence, e => e.EndsWith("evidence-failure.json", StringComparison.Ordinal)));
        Assert.Contains(ErrorIds.MigrationFailed, told, StringComparison.Ordinal);
        Assert.Contains(result.Evidence, e => e.EndsWith("evidence-migrations.json", StringComparison.Ordinal));
        var history = (await new GetHistory(session).RunAsync(name, CancellationToken.None))[0];
        Assert.Equal(ErrorIds.MigrationFailed, history.ErrorId);
        Assert.StartsWith(cause, history.Reason, StringComparison.Ordinal);
        var bad = Assert.Single((await new GetStatus(session).RunAsync(name, CancellationToken.None)).KnownBad);
        Assert.Equal((result.To, ErrorIds.MigrationFailed), (bad.Version, bad.ErrorId));
        Assert.StartsWith(cause, bad.Reason, StringComparison.Ordinal);
    }
}
