namespace UpgradeOps.Engine.Tests.Apps;

public class DefinitionErrorTests
{
    // From, to (a change to the whole Compose definition), then what is told: ErrorId, line:column, key path, and a word of the fix.
    [Theory]
    [InlineData("service: app", "servcie: app", ErrorIds.DefinitionUnknownKey, "6:5", "platform.compose.servcie", "Did you mean 'service'?")]
    [InlineData("name: kmp\nplatform", "name: kmp\nplatfrom", ErrorIds.DefinitionUnknownKey, "3:1", "platfrom", "Did you mean 'platform'?")]
    [InlineData("env-file: .env", "envFile: .env", ErrorIds.DefinitionUnknownKey, "7:16", "platform.compose.version.envFile", "Did you mean 'env-file'?")]
    [InlineData("databases:", "image: a/b\ndatabases:", ErrorIds.DefinitionUnknownKey, "11:1", "image", "It belongs under releases.")]
    [InlineData("version: { env-file: .env, variable: TAG }", "build: {}", ErrorIds.DefinitionInvalid, "9:3", "releases.image", "git: …")]
    [InlineData("databases:", "windows: nightly\ndatabases:", ErrorIds.DefinitionNotImplemented, "11:1", "windows", "refused rather than ignored")]
    [InlineData("databases:", "notices: []\ndatabases:", ErrorIds.DefinitionNotImplemented, "11:1", "notices", "Remove it")]
    [InlineData("databases:", "smoke: [ { name: a } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:10", "smoke[0]", "exactly one")]
    [InlineData("databases:", "smoke: [ { http: 'http://x/' } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:10", "smoke[0].name", "Give the test a name")]
    [InlineData("databases:", "smoke: [ { name: a, sql: SELECT 1, database: mian } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:36", "smoke[0].database", "Use main")]
    [InlineData("databases:", "smoke: [ { name: a, sql: SELECT 1 } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:10", "smoke[0].database", "Name one")]
    [InlineData("databases:", "smoke: [ { name: a, command: [x], status: 200 } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:35", "smoke[0].status", "Remove it")]
    [InlineData("databases:", "smoke: [ { name: a, http: 'http://x/${id}' } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:21", "smoke[0].http", "Capture it in an earlier test")]
    [InlineData("databases:", "smoke: [ { name: a, http: 'http://x/?k=${key}', secrets: { key: 'env:KEY' } } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:21", "smoke[0].http", "where nobody else reads it")]
    [InlineData("databases:", "smoke: [ { name: a, http: 'http://x/', secrets: { key: hunter2 } } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:56", "smoke[0].secrets.key", "env:NAME")]
    [InlineData("databases:", "smoke: [ { name: a, command: [x] }, { name: a, command: [x] } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:39", "smoke[1].name", "own name")]
    [InlineData("databases:", "strategy: rolling\ndatabases:", ErrorIds.DefinitionNotImplemented, "11:1", "strategy", "Use recreate.")]
    [InlineData("databases:", "strategy: recrate\ndatabases:", ErrorIds.DefinitionInvalid, "11:1", "strategy", "Did you mean 'recreate'?")]
    [InlineData("databases:", "prove: restroe\ndatabases:", ErrorIds.DefinitionInvalid, "11:1", "prove", "Did you mean 'restore'?")]
    [InlineData("engine: mariadb", "validate: SELECT 1\n    engine: mariadb", ErrorIds.DefinitionInvalid, "13:15", "databases.main.validate", "list")]
    [InlineData("databases:", "retention: { last: 0 }\ndatabases:", ErrorIds.DefinitionInvalid, "11:14", "retention.last", "how many are kept")]
    [InlineData("databases:", "retention: {}\ndatabases:", ErrorIds.DefinitionInvalid, "11:12", "retention", "at least one")]
    [InlineData("databases:", "retention: { dayly: 7 }\ndatabases:", ErrorIds.DefinitionUnknownKey, "11:14", "retention.dayly", "Did you mean 'daily'?")]
    [InlineData("databases:", "retention: { yearly: 7 }\ndatabases:", ErrorIds.DefinitionNotImplemented, "11:14", "retention.yearly", "refused")]
    [InlineData("databases:", "retention: { daily: -1, last: 1 }\ndatabases:", ErrorIds.DefinitionInvalid, "11:14", "retention.daily", "Correct the number")]
    [InlineData("databases:", "bake: 60\ndatabases:", ErrorIds.DefinitionInvalid, "11:1", "bake", "60s")]
    [InlineData("databases:", "bake: 3d\ndatabases:", ErrorIds.DefinitionInvalid, "11:1", "bake", "Choose between")]
    [InlineData("databases:", "backups: [ { database: mian } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:14", "backups[0].database", "Use main")]
    [InlineData("databases:", "backups: [ { database: main, volume: x } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:30", "backups[0].volume", "exactly one")]
    [InlineData("databases:", "backups: [ { volume: x, jobs: 2 } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:25", "backups[0].jobs", "beside 'database:'")]
    [InlineData("databases:", "backups: [ { database: main, jobs: 1 } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:30", "backups[0].jobs", "Correct the number")]
    [InlineData("databases:", "backups: [ { database: main, jobs: 2 } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:30", "backups[0].jobs", "Remove it")]
    [InlineData("databases:", "backups: [ { volume: x, inVolume: y } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:25", "backups[0].inVolume", "there is none")]
    [InlineData("databases:", "backups: [ { sqlite: ../a.db, inVolume: y } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:22", "backups[0].sqlite", "without '..'")]
    [InlineData("databases:", "backups: [ {} ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:12", "backups[0]", "exactly one")]
    [InlineData("databases:", "backups: [ { files: [../secret] } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:22", "backups[0].files[0]", "without '..'")]
    [InlineData("databases:", "backups: { database: main }\ndatabases:", ErrorIds.DefinitionInvalid, "11:10", "backups", "dash")]
    [InlineData("databases:", "health: [ { http: 127.0.0.1:8080 } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:19", "health[0].http", "http://")]
    [InlineData("databases:", "health: [ { http: 'http://x/', status: 99 } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:32", "health[0].status", "Correct the number")]
    [InlineData("databases:", "onFailure: { data: restore }\ndatabases:", ErrorIds.DefinitionInvalid, "11:14", "onFailure.data", "under backups")]
    [InlineData("databases:", "state: /var/lib/x\ndatabases:", ErrorIds.DefinitionInvalid, "11:8", "state", "folder")]
    [InlineData("databases:", "migrations: { database: main, run: before-switch }\ndatabases:", ErrorIds.DefinitionInvalid, "11:13", "migrations.command", "Write the command")]
    [InlineData("databases:", "rehearse: { environment: { PORT: \"{port}\" } }\nbackups: [ { database: main } ]\ndatabases:", ErrorIds.DefinitionInvalid, "11:13", "rehearse.environment", "DB_NAME")]
    [InlineData("databases:", "migrations: { database: main, run: sometimes }\ndatabases:", ErrorIds.DefinitionInvalid, "11:31", "migrations.run", "on-start")]
    [InlineData("databases:", "migrations: { database: main, files: m, source: m }\ndatabases:", ErrorIds.DefinitionInvalid, "11:41", "migrations.source", "releases: { git")]
    [InlineData("databases:", "migrations: { database: main, files: m, source: ../m }\ndatabases:", ErrorIds.DefinitionInvalid, "11:49", "migrations.source", "below the root")]
    [InlineData("databases:", "migrations: { database: main, timeout: 5m }\ndatabases:", ErrorIds.DefinitionInvalid, "11:31", "migrations.timeout", "Remove it")]
    [InlineData("databases:", "migrations: { database: main, command: [bin/migrate], timeout: 8d }\ndatabases:", ErrorIds.DefinitionInvalid, "11:55", "migrations.timeout", "between 1s and 7d")]
    [InlineData("name: kmp\nplatform", "name: kmp\nname: other\nplatform", ErrorIds.DefinitionInvalid, "3:1", "name", "Keep one of the two")]
    [InlineData("name: kmp\nplatform", "name: KMP_app\nplatform", ErrorIds.DefinitionInvalid, "2:7", "name", "lower case")]
    [InlineData("name: kmp\nplatform", "platform", ErrorIds.DefinitionInvalid, "1:1", "name", "Give the application a name")]
    [InlineData("schema: upgradeops/v1\n", "", ErrorIds.DefinitionInvalid, "1:1", "schema", "Begin with")]
    [InlineData("upgradeops/v1", "upgradeops/v2", ErrorIds.DefinitionInvalid, "1:1", "schema", "newer UpgradeOps")]
    [InlineData("service: app", "service: [app]", ErrorIds.DefinitionInvalid, "6:14", "platform.compose.service", "key: value")]
    [InlineData("service: app", "service:", ErrorIds.DefinitionInvalid, "6:13", "platform.compose.service", "Write one behind the colon")]
    [InlineData("    service: app\n", "", ErrorIds.DefinitionInvalid, "5:5", "platform.compose.service", "Name the service")]
    [InlineData("variable: TAG", "variable: $TAG", ErrorIds.DefinitionInvalid, "7:42", "platform.compose.version.variable", "letters")]
    [InlineData("owner/kmp", "owner/kmp:latest", ErrorIds.DefinitionInvalid, "9:10", "releases.image", "without a tag")]
    [InlineData("channels: {", "channel: beta\n  channels: {", ErrorIds.DefinitionInvalid, "10:3", "releases.channel", "Use one of release")]
    [InlineData("engine: mariadb", "engine: sqlite", ErrorIds.DefinitionNotImplemented, "13:5", "databases.main.engine", "postgresql or mariadb")]
    [InlineData("engine: mariadb", "engine: postgres", ErrorIds.DefinitionInvalid, "13:5", "databases.main.engine", "Did you mean 'postgresql'?")]
    [InlineData("{ service: db }", "{ service: db, port: 1 }", ErrorIds.DefinitionInvalid, "14:24", "databases.main.at.port", "Remove it")]
    public void Each_mistake_names_its_place_its_key_and_the_fix(string from, string to, string errorId, string place, string key, string fix)
    {
        Assert.Contains(from, Definitions.Compose);
        var error = Definitions.Refused(Definitions.Compose.Replace(from, to));

        Assert.StartsWith($"{Definitions.File}:{place}: {key}: ", error.Message);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Contains(fix, error.Message);
        Assert.Equal((errorId, $"{Definitions.File}:{place.Split(':')[0]}"), (error.ErrorId, error.Target));
        Assert.NotNull(error.RecommendedAction);
    }

    [Theory]
    [InlineData("command: [./notes]", "command: [./notes]\n    build: { steps: [ { run: [make] } ] }", "platform.service.build.copy")]
    [InlineData("command: [./notes]", "command: [./notes]\n    build: { copy: [ { from: ../a } ] }", "platform.service.build.copy[0].from")]
    [InlineData("command: [./notes]", "command: [./notes]\n    build: { copy: [ { from: a, to: /etc } ] }", "platform.service.build.copy[0].to")]
    [InlineData("command: [./notes]", "command: [./notes]\n    build: { copy: [ { from: a, mode: \"4755\" } ] }", "platform.service.build.copy[0].mode")]
    [InlineData("command: [./notes]", "command: [./notes]\n    build: { steps: [ { in: b } ], copy: [ { from: a } ] }", "platform.service.build.steps[0].run")]
    [InlineData("command: [./notes]", "command: [./notes]\n    build: { owner: \"-R\", copy: [ { from: a } ] }", "platform.service.build.owner")]
    public void A_build_must_make_sense(string from, string to, string key)
    {
        var error = Definitions.Refused(Definitions.Service.Replace("folder: incoming", "git: https://git.example.org/notes.git").Replace(from, to));

        Assert.Equal(ErrorIds.DefinitionInvalid, error.ErrorId);
        Assert.Contains($": {key}: ", error.Message.Split('\n')[0]);
    }

    [Theory]
    [InlineData("asset: \"n_{version}.tar.gz\"", "repository: https://github.com/a/b", "releases.github.repository")]
    [InlineData("repository: o/n", "asset: \"n_{os}.tar.gz\"", "releases.github.asset")]
    [InlineData("repository: o/n", "asset: \"a/n.tar.gz\"", "releases.github.asset")]
    [InlineData("repository: o/n", "asset: \"n.tar.xz\"", "releases.github.asset")]
    [InlineData("repository: o/n", "asset: \"n_{version}\"", "releases.github.as")]
    [InlineData("repository: o/n", "asset: \"n_{version}\", as: ../n", "releases.github.as")]
    [InlineData("repository: o/n", "asset: \"n_{version}\", as: n, strip: 1", "releases.github.strip")]
    [InlineData("repository: o/n", "asset: n.zip, as: n", "releases.github.as")]
    [InlineData("repository: o/n", "asset: n.zip, strip: 10", "releases.github.strip")]
    [InlineData("repository: o/n", "asset: n.zip, token: ghp_hunter2", "releases.github.token")]
    [InlineData("repository: o/n", "asset: n.zip, api: \"http://github.example.org/api/v3\"", "releases.github.api")]
    [InlineData("repository: o/n", "asset: n.zip, api: \"https://me:hunter2@github.example.org/\"", "releases.github.api")]
    [InlineData("repository: o/n", "asset: n.zip, checksums: \"{os}.txt\"", "releases.github.checksums")]
    [InlineData("repository: o/n", "asset: n.zip, prerelease: true", "releases.github.prerelease")]
    public void Releases_on_GitHub_must_make_sense(string first, string second, string key)
    {
        var error = Definitions.Refused(Definitions.Service.Replace("folder: incoming", $"github: {{ {first}, {second} }}"));

        Assert.Contains($": {key}: ", error.Message.Split('\n')[0]);
        Assert.DoesNotContain("hunter2", error.Message);
    }

    [Theory]
    [InlineData("changelog: { token: \"env:T\" }", "releases.changelog.github")]
    [InlineData("changelog: { github: o/n, token: ghp_hunter2 }", "releases.changelog.token")]
    [InlineData("changelog: { github: o/n, api: \"http://github.example.org/api/v3\" }", "releases.changelog.api")]
    [InlineData("changelog: { github: o/n }\n  certificateAuthority: ca.pem", "releases.certificateAuthority")]
    [InlineData("github: { repository: o/n, asset: n.zip }\n  changelog: { github: o/n }", "releases.changelog")]
    public void A_changelog_on_GitHub_must_make_sense(string releases, string key)
    {
        var isGitHub = releases.StartsWith("github", StringComparison.Ordinal);
        var error = Definitions.Refused(Definitions.Service.Replace("folder: incoming", isGitHub ? releases : $"folder: incoming\n  {releases}"));

        Assert.Contains($": {key}: ", error.Message.Split('\n')[0]);
        Assert.DoesNotContain("hunter2", error.Message);
    }

    [Theory]
    [InlineData("port: 8080", "port: 70000", "rehearse.port")]
    [InlineData("port: 8080", "command: [./app]", "rehearse.command")]
    [InlineData("DB: \"{database}\"", "DB: \"{database}\", DATA: \"{shared}\"", "rehearse.environment")]
    [InlineData("DB: \"{database}\"", "DB: kmp", "rehearse.environment")]
    public void A_rehearsal_on_Compose_must_make_sense(string from, string to, string key)
    {
        const string Rehearse = "backups: [ { database: main } ]\nrehearse: { port: 8080, environment: { DB: \"{database}\" } }\n";
        var yaml = Definitions.Compose + "\n" + Rehearse;
        var bound = Definitions.Parse(yaml).Rehearse!;
        Assert.Equal((8080, "{database}"), (bound.ContainerPort, bound.Environment["DB"]));
        Assert.Contains(from, yaml, StringComparison.Ordinal);

        var changed = yaml.Replace(from, to);
        if (to.Contains("build", StringComparison.Ordinal))
            changed = changed.Replace("  image: ghcr.io/owner/kmp\n  channels: { release: latest }", "  git: https://git.example.org/kmp.git");
        Assert.Contains($": {key}: ", Definitions.Refused(changed).Message);
    }

    [Theory]
    [InlineData("build: {}", "build: { in: ../x }", "platform.compose.build.in")]
    [InlineData("build: {}", "build: { timeout: 25h }", "platform.compose.build.timeout")]
    [InlineData("build: {}", "build: {}\n    version: { variable: TAG }", "platform.compose.build")]
    [InlineData("build: {}", "version: { variable: TAG }", "releases.git")]
    [InlineData("git: https", "key: k\n  folder: /srv/x\n  notes: https", "releases.folder")]
    public void Images_are_built_from_git_or_have_a_tag(string from, string to, string key)
    {
        var built = Definitions.Compose.Replace("version: { env-file: .env, variable: TAG }", "build: {}").Replace("image: ghcr.io/owner/kmp", "git: https://git.example.org/kmp.git");
        Assert.Equal((".", TimeSpan.FromHours(1)), (Definitions.Parse(built).Platform.Compose!.Build!.In, Definitions.Parse(built).Platform.Compose!.Build!.Timeout));
        var error = Definitions.Refused(built.Replace(from, to));

        Assert.Contains($": {key}: ", error.Message);
    }

    [Theory]
    [InlineData("folder: incoming", "image: a/b", "releases.image")]
    [InlineData("folder: incoming", "folder: x\nhealth: [ { http: 'http://x/', from: container } ]", "health[0].from")]
    [InlineData("folder: incoming", "folder: x\nbackups: [ { volume: data } ]", "backups[0].volume")]
    [InlineData("folder: incoming", "folder: x\ndatabases: { main: { engine: mariadb, at: { service: db }, name: a, user: b } }", "databases.main.at.service")]
    [InlineData("folder: incoming", "folder: x\n  user: me", "releases.user")]
    [InlineData("folder: incoming", "folder: x\n  key: k", "releases.key")]
    [InlineData("command: [./notes]", "command: [./notes]\n    build: { copy: [ { from: a } ] }", "platform.service.build")]
    [InlineData("folder: incoming", "folder: x\n  channels: { main: \"branch:main\" }", "releases.channels.main")]
    [InlineData("folder: incoming", "git: \"ext::sh -c id\"", "releases.git")]
    [InlineData("folder: incoming", "git: https://me:secret@h/a.git", "releases.git")]
    [InlineData("folder: incoming", "git: https://h/a.git\n  channels: { main: \"branch:-x\" }", "releases.channels.main")]
    [InlineData("folder: incoming", "git: https://h/a.git\n  verify: signed-tags\n  channels: { main: \"branch:main\" }", "releases.verify")]
    [InlineData("folder: incoming", "git: https://h/a.git\n  signers: s", "releases.signers")]
    [InlineData("folder: incoming", "git: ssh://h/a.git\n  user: me\n  password: env:P", "releases.user")]
    [InlineData("folder: incoming", "folder: x\nstate: { backups: b }", "state")]
    [InlineData("folder: incoming", "folder: x\nstate: { folder: s, postgresql: { address: a, database: b, user: c } }", "state.postgresql")]
    [InlineData("folder: incoming", "folder: x\nstate: { postgresql: { database: b, user: c } }", "state.postgresql.address")]
    [InlineData("folder: incoming", "folder: x\nstate: { postgresql: { address: 'postgres://a', database: b, user: c } }", "state.postgresql.address")]
    [InlineData("folder: incoming", "folder: x\nstate: { postgresql: { address: a, database: b, user: c, password: hunter2 } }", "state.postgresql.password")]
    [InlineData("folder: incoming", "folder: x\nstate: { postgresql: { address: a, database: b, user: c, schema: pg_x } }", "state.postgresql.schema")]
    [InlineData("folder: incoming", "folder: x\nstate: { postgresql: { address: a, database: b, user: c, schema: 'a; DROP' } }", "state.postgresql.schema")]
    [InlineData("folder: incoming", "folder: x\nstate: { postgresql: { address: a, database: b, user: c, tls: off, certificateAuthority: ca } }", "state.postgresql.certificateAuthority")]
    public void Parts_must_fit_the_platform_service(string from, string to, string key)
    {
        var error = Definitions.Refused(Definitions.Service.Replace(from, to));

        Assert.Equal(ErrorIds.DefinitionInvalid, error.ErrorId);
        Assert.Contains($": {key}: ", error.Message.Split('\n')[0]);
    }

    [Fact]
    public void All_mistakes_are_told_at_once_in_the_order_of_the_file()
    {
        var error = Definitions.Refused("""
            schema: upgradeops/v1
            name: Kmp
            platform:
              compose:
                directory: /opt/kmp
                servcie: app
                version: { variable: TAG }
            releases: { image: a/b }
            windows: [ night ]
            bake: soon
            """);

        var lines = error.Message.Split('\n');
        Assert.Equal(["2:7: name", "6:5: platform.compose.servcie", "9:1: windows", "10:1: bake"],
            lines.Select(l => l[(Definitions.File.Length + 1)..]).Select(l => string.Join(':', l.Split(':')[..3])));
        Assert.Equal(ErrorIds.DefinitionInvalid, error.ErrorId);
        Assert.Equal($"{Definitions.File}:2", error.Target);
    }

    [Fact]
    public void A_password_in_the_file_is_refused_and_not_repeated()
    {
        var error = Definitions.Refused(Definitions.Compose.Replace("env:DB_PASSWORD", "hunter2"));

        Assert.Equal(ErrorIds.DefinitionInvalid, error.ErrorId);
        Assert.StartsWith($"{Definitions.File}:17:15: databases.main.password: ", error.Message);
        Assert.Contains("env-file:<path>#VARIABLE", error.Message);
        Assert.DoesNotContain("hunter2", error.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n")]
    [InlineData("just text")]
    [InlineData("- a\n- list")]
    [InlineData("a: [1, 2")]
    [InlineData("a: b: c")]
    [InlineData("\tname: x")]
    [InlineData("a: *nowhere")]
    [InlineData("a: &a [*a]")]
    [InlineData("%TAG ! tag:\n--- !x")]
    [InlineData("? {a: b}\n: c")]
    [InlineData("schema: upgradeops/v1\n---\nname: two")]
    public void What_is_no_definition_is_refused_with_a_place(string yaml)
    {
        var error = Definitions.Refused(yaml);

        Assert.Matches(@"^/srv/app/upgrade\.yaml:\d+:\d+: .+\. .+", error.Message);
    }

    [Fact]
    public void A_file_in_another_encoding_names_the_line()
    {
        var e = Assert.Throws<AppException>(() => UpgradeOps.Engine.Apps.Definition.DefinitionLoader.Parse([.. "name: kmp\n# "u8, 0xE4, (byte)'\n'], Definitions.File));

        Assert.StartsWith($"{Definitions.File}:2:1: ", e.Message);
        Assert.Contains("UTF-8", e.Message);
    }
}
