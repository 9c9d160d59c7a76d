using System.Text.RegularExpressions;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Integration.Git;

/// <summary>
/// What Chatalot's deploy script does over SSH, on real parts: fetch, make the secrets that are missing, build although the connection breaks, health within a
/// minute, report. And what the script cannot: it makes no new secret where an old one is in use.
/// </summary>
public sealed class ChatalotDeployTests
{
    private const string Definition = """
        databases:
          main: { engine: postgresql, at: { service: postgres }, name: chatalot, user: chatalot, password: "env-file:.env#DB_PASSWORD" }
        backups: [ { database: main }, { files: [docker-compose.yml, .env, secrets/jwt_private.pem, secrets/jwt_public.pem] } ]
        migrations: { database: main, table: _sqlx_migrations, files: "image:/app/migrations" }
        generate:
          - { key: ed25519, private: secrets/jwt_private.pem, public: secrets/jwt_public.pem }
          - { variable: DB_PASSWORD, random: alphanumeric }
          - { variable: DATABASE_URL, value: "postgres://chatalot:${DB_PASSWORD}@postgres:5432/chatalot" }
          - { variable: TOTP_ENCRYPTION_KEY, random: hex }
        rehearse: { environment: { PGDATABASE: "{database}", PGUSER: chatalot, DATABASE_URL: "postgres://chatalot:${DB_PASSWORD}@postgres:5432/{database}" } }
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fetch_make_what_is_missing_build_through_a_cut_connection_verify_and_report()
    {
        Needs.Parts(Part.Git, Part.Ssh, Part.Docker, Part.Compose, Part.Postgres, Part.OpenSsl);
        var postgres = await LocalImage.LoadAsync("postgres", await PostgresImage.GetAsync());
        Task<string> CommitAsync(GitComposeWorld w, string version, int newest, bool keys, string build = "true") =>
            w.Workshop.CommitAsync($"Chatalot {version}", Chatalot.Files(w, postgres, version, newest, keys, build));
        await using var world = await GitComposeWorld.StartAsync(w => CommitAsync(w, "v1.0.0", 38, keys: false), "chatalot", "channels: { edge: \"branch:main\" }, channel: edge", Definition, host: "ssh");
        var (env, before) = (Path.Combine(world.App, ".env"), await File.ReadAllTextAsync(Path.Combine(world.App, ".env"), Token));
        var commit = await CommitAsync(world, "v1.1.0", 39, keys: true, build: "sleep 3");

        // The plan says what is missing and will be made, and makes nothing.
        var plan = await world.AskAsync<UpdatePlan>("plan", world.Definition);
        Assert.Equal("Make what is missing: 2 values in .env (DATABASE_URL, TOTP_ENCRYPTION_KEY); 1 key pair (secrets/jwt_private.pem)", plan.Steps[0].Description);
        Assert.True(plan.Findings.All(f => f.Severity != FindingSeverity.Blocker), EngineJson.Write(plan, indented: true));
        Assert.Equal((before, false), (await File.ReadAllTextAsync(env, Token), File.Exists(Path.Combine(world.App, "secrets/jwt_private.pem"))));

        var cuts = 0;
        var outcome = await world.ConsoleAsync(
            e =>
            {
                if (e is { Kind: ProgressKind.Working, Message: "Building the images" } || (e.Kind == ProgressKind.StepStarted && e.StepId?.Contains("generate.make", StringComparison.Ordinal) == true))
                    cuts += world.Server.CutAsync().GetAwaiter().GetResult();
                return false;
            },
            "update", world.Definition, "--yes");
        var deployed = outcome.Result;
        Assert.True(deployed.Status == UpdateStatus.Kept && cuts > 1, $"{cuts} cuts\n{outcome}");
        Assert.Equal($"main-{commit[..12]}", deployed.To);
        Assert.Equal("v1.1.0", await world.RunningAsync());
        Assert.True(deployed.OutageSeconds < 60, Text(deployed));

        // What was there is there, byte for byte; what was added is what the script would have made.
        var after = await File.ReadAllTextAsync(env, Token);
        Assert.StartsWith(before, after);
        var totp = Regex.Match(after[before.Length..], @"\ADATABASE_URL=postgres://chatalot:\$\{DB_PASSWORD\}@postgres:5432/chatalot\nTOTP_ENCRYPTION_KEY=([0-9a-f]{64})\n\z").Groups[1].Value;
        Assert.Equal(64, totp.Length);
        Assert.Equal($"postgres://chatalot:{GitComposeWorld.Password}@postgres:5432/chatalot {totp}",
            (await world.ComposeAsync("exec", "chatalot", "sh", "-c", "echo $DATABASE_URL $TOTP_ENCRYPTION_KEY")).Trim());
        var key = await File.ReadAllTextAsync(Path.Combine(world.App, "secrets/jwt_private.pem"), Token);
        Assert.Equal(await world.RunAsync("openssl", "pkey", "-in", "secrets/jwt_private.pem", "-pubout"), await File.ReadAllTextAsync(Path.Combine(world.App, "secrets/jwt_public.pem"), Token));
        Assert.Equal(key, await world.ComposeAsync("exec", "chatalot", "cat", "/run/secrets/jwt_private_key"));
        Assert.Equal(("600", "644"), (await ModeAsync(world, "secrets/jwt_private.pem"), await ModeAsync(world, "secrets/jwt_public.pem")));

        // The report, the journal and the backup's list know names alone; the backup has the values.
        string[] secrets = [totp, key.Split('\n')[1], GitComposeWorld.Password];
        Assert.All(secrets, s => Assert.DoesNotContain(s, outcome.ToString()));
        var journals = Directory.GetFiles(Path.Combine(world.StateFolder, "chat"), "journal*", SearchOption.AllDirectories);
        Assert.NotEmpty(journals);
        Assert.All(journals, f => Assert.All(secrets, s => Assert.DoesNotContain(s, File.ReadAllText(f))));
        var files = Path.Combine(world.StateFolder, "backups", Assert.Single(deployed.BackupIds), "files");
        Assert.Equal((after, key), (await File.ReadAllTextAsync(Path.Combine(files, ".env"), Token), await File.ReadAllTextAsync(Path.Combine(files, "secrets/jwt_private.pem"), Token)));
        var status = await world.AskAsync<AppStatus>("status", world.Definition);
        Assert.True((status.RunningVersion, status.Healthy) == ($"main-{commit[..12]}", true), EngineJson.Write(status, indented: true));

        // The next one is tried over there first, and built although the connection breaks.
        await CommitAsync(world, "v1.2.0", 39, keys: true, build: "sleep 4");
        await RehearsesAsync(world, secrets);
        Assert.Equal(after, await File.ReadAllTextAsync(env, Token));

        // It makes nothing, and the way back leaves what was made.
        var second = await world.UpdateAsync();
        Assert.True((second.Status, await world.RunningAsync()) == (UpdateStatus.Kept, "v1.2.0"), Text(second));
        Assert.DoesNotContain(second.Steps, s => s.Id.Contains("generate", StringComparison.Ordinal));
        var undone = await world.AskAsync<UpdateResult>("undo", world.Definition, "--yes");
        Assert.True((undone.Status, await world.RunningAsync()) == (UpdateStatus.Kept, "v1.1.0"), Text(undone));
        Assert.Equal((after, key), (await File.ReadAllTextAsync(env, Token), await File.ReadAllTextAsync(Path.Combine(world.App, "secrets/jwt_private.pem"), Token)));

        await RefusesAsync(world, env, after, key);
    }

    private static async Task RehearsesAsync(GitComposeWorld world, string[] secrets)
    {
        var (running, cuts) = (await world.ContainerAsync("chatalot"), 0);
        var outcome = await world.ConsoleAsync(
            e =>
            {
                if (e.Message == "On the copy: Building the images")
                    cuts += world.Server.CutAsync().GetAwaiter().GetResult();
                return false;
            },
            "rehearse", world.Definition);
        var report = EngineJson.Read<RehearsalReport>(outcome.Output, ErrorIds.Unexpected, "the console");
        Assert.True(report.Passed && cuts > 0, $"{cuts} cuts\n{outcome}");
        Assert.Contains("compose.build", report.Steps.Select(s => s.Kind));
        Assert.Equal(("v1.1.0", running), (await world.RunningAsync(), await world.ContainerAsync("chatalot")));
        Assert.Equal("chatalot", await Chatalot.SqlAsync(world, "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE 'chatalot%'"));
        Assert.Empty(await Command.OutputAsync("docker", "ps", "--all", "--quiet", "--filter", $"label=upgradeops.rehearsal={report.OperationId}"));
        Assert.All(secrets, s => Assert.DoesNotContain(s, outcome.ToString()));
    }

    /// <summary>What has gone missing is not made anew while something opens with the old one only.</summary>
    private static async Task RefusesAsync(GitComposeWorld world, string env, string text, string key)
    {
        async Task<AppError> RefusedAsync(string name, params string[] more)
        {
            var container = await world.ContainerAsync("chatalot");
            var refused = await world.UpdateAsync(more);
            Assert.True(refused is { Status: UpdateStatus.Refused, Error.ErrorId: ErrorIds.SecretInUse } && refused.Error.Message.Contains(name, StringComparison.Ordinal), Text(refused));
            Assert.Equal(container, await world.ContainerAsync("chatalot"));
            return refused.Error!;
        }

        async Task WithoutAsync(string variable) => await File.WriteAllTextAsync(env, Regex.Replace(text, $"(?m)^{variable}=.*\n", ""), Token);

        await WithoutAsync("TOTP_ENCRYPTION_KEY");
        Assert.Contains("-server was made with a value for it (TOTP_ENCRYPTION_KEY)", (await RefusedAsync(".env#TOTP_ENCRYPTION_KEY")).Message);
        await WithoutAsync("DB_PASSWORD");
        Assert.Contains("password of the database main", (await RefusedAsync(".env#DB_PASSWORD")).Message);
        Assert.Contains("password of the database main", (await RefusedAsync(".env#DB_PASSWORD", "--force")).Message);
        await File.WriteAllTextAsync(env, text, Token);

        File.Delete(Path.Combine(world.App, "secrets/jwt_private.pem"));
        Assert.Contains("one is missing", (await RefusedAsync("secrets/jwt_private.pem")).Message);
        File.Delete(Path.Combine(world.App, "secrets/jwt_public.pem"));
        Assert.Contains("was made with it", (await RefusedAsync("secrets/jwt_private.pem")).Message);

        // A person may say that another one will do.
        await File.WriteAllTextAsync(world.Definition, (await File.ReadAllTextAsync(world.Definition, Token)).Replace("jwt_public.pem }", "jwt_public.pem, disposable: true }", StringComparison.Ordinal), Token);
        var allowed = await world.UpdateAsync();
        Assert.True((allowed.Status, await world.RunningAsync()) == (UpdateStatus.Kept, "v1.2.0"), Text(allowed));
        var made = await File.ReadAllTextAsync(Path.Combine(world.App, "secrets/jwt_private.pem"), Token);
        Assert.NotEqual(key, made);
        Assert.Equal(made, await world.ComposeAsync("exec", "chatalot", "cat", "/run/secrets/jwt_private_key"));
    }

    private static async Task<string> ModeAsync(GitComposeWorld world, string file) => (await world.RunAsync("stat", "-c", "%a", file)).Trim();

    private static string Text(UpdateResult result) => EngineJson.Write(result, indented: true);
}
