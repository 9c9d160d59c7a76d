using UpgradeOps.Engine.Operations;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Migrations;

/// <summary>Migrations that a declared command runs in a container of its own, of the new image, beside the one that serves.</summary>
public sealed class ComposeCommandTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    private const string Rows = "PGPASSWORD=$DB_PASSWORD psql -XqAt -v ON_ERROR_STOP=1 -h $DB_HOST -U $DB_USER -d $DB_NAME "
        + "-c 'ALTER TABLE entries ADD COLUMN author VARCHAR(100); INSERT INTO phinxlog (version, migration_name, start_time, end_time) VALUES (20260201000000, $$AddAuthor$$, now(), now())'";

    private const string Waiting = "grep version= /app/kmp.conf >>/data/reached; n=0; until [ -e /data/gate ] || [ $n -gt 600 ]; do sleep 0.1; n=$((n + 1)); done; ";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("resume")]
    [InlineData("undo")]
    [InlineData("none")]
    public async Task They_run_once_in_the_new_image_while_the_old_version_serves_and_no_container_stays(string killedThen)
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { Database = DatabaseKind.Postgres });
        await ChangeAsync(stack.DefinitionPath, "run: on-start", $"run: before-switch, command: [sh, -c, \"{Waiting}{Rows}\"]");
        // The command must not take what the tag means by then.
        await ChangeAsync(stack.ComposeFile, "    restart:", "    pull_policy: always\n    restart:");
        await stack.UpAsync();
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);

        UpdateResult result;
        if (killedThen == "none")
        {
            var update = admin.UpdateAsync(name, version: "v1.1.0");
            await Until.TrueAsync(() => Task.FromResult(Reached(stack).Length == 1), TimeSpan.FromMinutes(1), "the command", Token);
            Assert.Equal("v1.0.0", await stack.VersionAsync());
            await OpenAsync(stack);
            result = await update;
        }
        else
        {
            await ConsoleProcess.KillWhenAsync(() => Reached(stack).Length == 1, null, ["update", name, "--version", "v1.1.0", "--yes", .. admin.Folders]);
            Assert.Equal("v1.0.0", await stack.VersionAsync());
            if (killedThen == "resume")
                await OpenAsync(stack);
            result = killedThen == "undo"
                ? await new UndoUpdate(admin.NewSession()).RunAsync(new UndoOptions { Name = name }, Token)
                : await new ResumeUpdate(admin.NewSession()).RunAsync(new ResumeOptions { Name = name }, Token);
        }

        var undone = killedThen == "undo";
        Assert.True(result.Status == (undone ? UpdateStatus.Undone : UpdateStatus.Kept), Outcomes.Describe(result));
        Assert.Equal(["version=v1.1.0"], Reached(stack));
        Assert.Equal(undone ? "v1.0.0" : "v1.1.0", await stack.VersionAsync());
        Assert.Equal(undone ? "20260101000000" : "20260201000000", await stack.SqlAsync("SELECT max(version) FROM phinxlog"));
        var all = await Command.OutputAsync("docker", "ps", "--all", "--format", "{{.Names}}", "--filter", $"label=com.docker.compose.project={stack.Project}");
        Assert.Equal(2, all.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        if (killedThen == "none")
        {
            // Alone, for what is installed: the command fails, for it is done already, and nothing is changed.
            var again = await new RunMigrations(admin.Session).RunAsync(name, Token);
            Assert.True(again is { Status: UpdateStatus.Undone, Error.ErrorId: ErrorIds.MigrationFailed }, Outcomes.Describe(again));
            Assert.Contains("column \"author\" of relation \"entries\" already exists", again.Error!.Message, StringComparison.Ordinal);
            Assert.Equal("v1.1.0", await stack.VersionAsync());
        }
    }

    /// <summary>A request for the live application must not come to it: neither by a name in its networks nor through a proxy that reads labels or variables.</summary>
    [Fact]
    public async Task While_they_run_no_name_of_the_service_leads_to_their_container()
    {
        Needs.Stack();
        await using var app = await RehearsedInstallation.StartAsync(registry.Images);
        var stack = app.Stack;
        await ChangeAsync(stack.DefinitionPath, "run: on-start", $"run: before-switch, command: [sh, -c, \"{Waiting}{Rows}\"]");
        await app.EditComposeAsync(file => file.Replace("environment: { ", "environment: { VIRTUAL_HOST: kmp.example.org, ", StringComparison.Ordinal).Replace("\nvolumes:\n", $"""

              other:
                image: {registry.Images.Repository}:v1.0.0
                entrypoint: [sleep, infinity]
            volumes:

            """, StringComparison.Ordinal));
        // Nor is anything of the application's own made anew, or swept away, because a job is started.
        await File.AppendAllTextAsync(stack.EnvFile, "COMPOSE_REMOVE_ORPHANS=true\n", Token);
        await using var watch = await LiveWatch.StartAsync(app);
        var before = await ContainersAsync(stack);
        var job = watch.FollowJobAsync();

        var update = app.Admin.UpdateAsync(stack.DefinitionPath, version: "v1.1.0");
        var seen = await job;
        var during = await ContainersAsync(stack);
        await OpenAsync(stack);
        var result = await update;

        Assert.True(result.Status == UpdateStatus.Kept, Outcomes.Describe(result));
        Assert.Equal("20260201000000", await stack.SqlAsync("SELECT max(version) FROM phinxlog"));
        Assert.Equal([watch.Address], seen.Addresses.Distinct());
        Assert.DoesNotContain("app", seen.Names);
        Assert.DoesNotContain("kmp-front", seen.Names);
        Assert.NotEqual("app", seen.Hostname);
        Assert.DoesNotContain("traefik.http.routers.kmp.rule", seen.Labels);
        Assert.Contains("traefik.enable", seen.Labels);
        Assert.Contains("VIRTUAL_HOST=", seen.Variables);
        Assert.Equal(0, seen.Ports);
        // It migrates what is live, with the files that are.
        Assert.Equal(("picture", stack.UploadsVolume), (seen.Picture, seen.Volume));
        Assert.Equal(before.Length + 1, during.Length);
        Assert.Empty(before.Except(during));
    }

    private static async Task<string[]> ContainersAsync(KmpStack stack) =>
        (await Command.OutputAsync("docker", "ps", "--all", "--quiet", "--no-trunc", "--filter", $"label=com.docker.compose.project={stack.Project}"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string[] Reached(KmpStack stack)
    {
        var said = Task.Run(async () => await stack.ComposeAsync("exec", "-T", "app", "sh", "-c", "cat /data/reached || :")).GetAwaiter().GetResult();
        return said.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task OpenAsync(KmpStack stack) => (await stack.ComposeAsync("exec", "-T", "app", "touch", "/data/gate")).Expect("the gate");

    private static async Task ChangeAsync(string file, string from, string to) =>
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, Token)).Replace(from, to, StringComparison.Ordinal), Token);
}
