using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Migrations.Back;
using UpgradeOps.Engine.Tests.Apps;
using UpgradeOps.Engine.Updates.Rehearsing;

namespace UpgradeOps.Engine.Tests.Updates;

/// <summary>Whatever a copy is told, it is told nothing of the live application's.</summary>
public sealed class RehearsalSafetyTests
{
    private const string Service = """
        schema: upgradeops/v1
        name: chat
        platform: { service: { directory: /srv/chat, command: [./chat], environment: { MODE: prod } } }
        releases: { git: "https://git.example.org/chat.git", user: me, password: "file:shared/token" }
        databases:
          main: { engine: postgresql, at: { address: 127.0.0.1 }, name: chat, user: chat, password: "file:shared/password" }
        backups: [ { database: main } ]
        health: [ { http: "http://127.0.0.1:5080/health" } ]
        rehearse: { command: [./chat], environment: { PORT: "{port}", DATABASE: "{database}" } }
        migrations: { database: main, run: before-switch, command: [./chat, migrate, --db, "{database}", --data, "{shared}/x"] }
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_migration_command_names_the_live_database_in_an_update_and_the_copys_in_a_rehearsal()
    {
        var live = Definitions.Parse(Service);
        Assert.Equal("""["./chat","migrate","--db","chat","--data","/srv/chat/shared/x"]""", Planned(live));
        var copy = Copy(live, out _);
        Assert.Matches("^\\[\"./chat\",\"migrate\",\"--db\",\"chat_rehearsal[a-z0-9_]*\",\"--data\",\"/srv/chat/rehearsal/shared/x\"\\]$", Planned(copy));
        Assert.Equal(copy.Databases["main"].Database, copy.Platform.Service!.Environment["DATABASE"]);
        Assert.Equal("5999", copy.Platform.Service.Environment["PORT"]);
    }

    [Fact]
    public void A_migration_command_that_is_told_no_database_is_refused()
    {
        const string OnlyInCommand = """command: [./chat, "{database}"], environment: { PORT: "{port}" }""";
        var yaml = Service.Replace("""command: [./chat], environment: { PORT: "{port}", DATABASE: "{database}" }""", OnlyInCommand);
        Assert.Equal("chat", Definitions.Parse(yaml).Name);

        var error = Definitions.Refused(yaml.Replace("--db, \"{database}\"", "--db, chat"));
        Assert.StartsWith($"{Definitions.File}:10:51: migrations.command: nothing holds {{database}}", error.Message, StringComparison.Ordinal);
        Assert.Contains("live database 'main'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--db, \"{database}\"", "--db, chat", "migrations.command")]
    [InlineData("--db, \"{database}\"", "--db=chat", "'chat' in it")]
    [InlineData("--db, \"{database}\"", "\"postgres://me@127.0.0.1/chat?sslmode=disable\"", "the live database")]
    [InlineData("--db, \"{database}\"", "\"host=/run dbname=chat user=me\"", "migrations.command")]
    [InlineData("MODE: prod", "DB_NAME: chat", "platform.service.environment.DB_NAME")]
    [InlineData("MODE: prod", "DATABASE_URL: \"postgres://me@127.0.0.1/chat\"", "platform.service.environment.DATABASE_URL")]
    [InlineData("MODE: prod", "DSN: \"host=/run dbname=chat\"", "platform.service.environment.DSN")]
    [InlineData("{shared}/x", "/srv/chat/shared/x", "migrations.command")]
    [InlineData("MODE: prod", "DATA: /srv/chat/shared", "platform.service.environment.DATA")]
    [InlineData("command: [./chat], environment: { MODE", "command: [./chat, --data=/srv/chat], environment: { MODE", null)]
    [InlineData("command: [./chat], environment: { MODE", "command: [./chat, --database=chat], environment: { MODE", null)]
    public void What_names_a_live_place_and_was_not_written_for_the_copy_is_refused(string from, string to, string? named)
    {
        SharedPlaces.Refuse(Definitions.Parse(Service));
        var changed = Definitions.Parse(Service.Replace(from, to));
        if (named is null)
        {
            // The copy has another command.
            SharedPlaces.Refuse(changed);
            changed = changed with { Rehearse = changed.Rehearse! with { Command = [] } };
            named = "platform.service.command";
        }

        var error = Assert.Throws<AppException>(() => SharedPlaces.Refuse(changed)).Error;
        Assert.Equal(ErrorIds.RehearsalShares, error.ErrorId);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_that_was_written_for_the_copy_is_told_and_one_that_only_begins_alike_is_none()
    {
        var live = Definitions.Parse(Service.Replace("MODE: prod", "MODE: /srv/chatter/x").Replace("PORT: ", "WORDS: /srv/chat/shared/words, OLD: \"mysql://127.0.0.1/chat\", PORT: "));
        SharedPlaces.Refuse(live);
        Assert.Equal(["rehearse.environment.WORDS", "rehearse.environment.OLD"], SharedPlaces.Meant(live));
    }

    [Fact]
    public void Smoke_tests_ask_the_copy_or_are_left_out()
    {
        var live = Definitions.Parse(Service + "\n" + """
            smoke:
              - { name: page, http: "http://127.0.0.1:5080/a" }
              - { name: argument, command: [curl, "http://localhost:5080/b"] }
              - { name: variable, command: [./check], environment: { AT: "127.0.0.1:5080" } }
              - { name: nothing, command: [./check, --all] }
              - { name: longer, command: [./check, "127.0.0.1:50801"] }
              - { name: parts, command: [./check, "127.0.0.1:5080"], environment: { PORT: "5080" } }
              - { name: rows, sql: SELECT TRUE, database: main }
              - { name: elsewhere, http: "http://127.0.0.1:1/" }
              - { name: after, sql: SELECT TRUE, database: main }
            """);
        var copy = Copy(live, out var left);
        Assert.Equal(["nothing", "longer", "parts", "elsewhere", "after"], left);
        Assert.Equal(["page", "argument", "variable", "rows"], copy.Smoke.Select(s => s.Name));
        Assert.Equal("http://127.0.0.1:5999/a", copy.Smoke[0].Http);
        Assert.Equal(["curl", "http://127.0.0.1:5999/b"], copy.Smoke[1].Command);
        Assert.Equal("127.0.0.1:5999", copy.Smoke[2].Environment["AT"]);
    }

    [Fact]
    public void An_address_without_a_port_is_known_in_urls_alone()
    {
        var live = Definitions.Parse(Service.Replace("http://127.0.0.1:5080/health", "https://chat.example.org/health") + "\n" + """
            smoke:
              - { name: url, command: [curl, "https://chat.example.org/b", "--at=https://chat.example.org:443"] }
              - { name: name, command: [nslookup, chat.example.org] }
            """);
        var copy = Copy(live, out var left);
        Assert.Equal(["name"], left);
        Assert.Equal(["curl", "http://127.0.0.1:5999/b", "--at=http://127.0.0.1:5999"], copy.Smoke[0].Command);
    }

    [Fact]
    public void Secrets_are_looked_for_where_the_live_application_has_them()
    {
        var copy = Copy(Definitions.Parse(Service + "\nsmoke: [ { name: in, http: \"http://127.0.0.1:5080/\", body: \"${p}\", secrets: { p: \"file:shared/smoke\" } } ]\n"), out _);
        Assert.Equal("file:/srv/chat/shared/token", copy.Releases.Password);
        Assert.Equal("file:/srv/chat/shared/password", copy.Databases["main"].Password);
        Assert.Equal("file:/srv/chat/shared/smoke", copy.Smoke[0].Secrets["p"]);
    }

    [Fact]
    public async Task A_folder_that_no_rehearsal_made_is_refused_and_one_that_was_killed_is_not()
    {
        var root = Directory.CreateTempSubdirectory("rehearsal-");
        try
        {
            var path = Path.Combine(root.FullName, "rehearsal");
            var folder = new ScratchFolder(new LocalHost(), path);
            await folder.RefuseForeignAsync(Token);
            Directory.CreateDirectory(path);
            await folder.RefuseForeignAsync(Token);
            await folder.CreateAsync(Token);
            await File.WriteAllTextAsync(Path.Combine(path, "shared", "data"), "x", Token);
            await folder.RefuseForeignAsync(Token);
            await folder.RemoveAsync(Token);
            Assert.False(Directory.Exists(path));

            Directory.CreateDirectory(path);
            await File.WriteAllTextAsync(Path.Combine(path, "score"), "first act", Token);
            var error = await Assert.ThrowsAsync<AppException>(() => folder.RefuseForeignAsync(Token));
            Assert.Equal(ErrorIds.RehearsalFolderTaken, error.ErrorId);
            Assert.False(await folder.IsOursAsync(Token));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static AppDefinition Copy(AppDefinition live, out IReadOnlyList<string> left) => ScratchDefinition.Of(live, "20260101-120000-abcd", 5999, out left);

    private static string Planned(AppDefinition application) =>
        MigrationSteps.PlanRun(application, "1.1.0", null, new Dictionary<string, string>()).Inputs[MigrationSteps.Command];
}
