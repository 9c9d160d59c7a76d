using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Tests.Apps;

public class DefinitionLoaderTests
{
    [Fact]
    public async Task The_sample_of_a_Compose_application_is_read_whole()
    {
        var app = await DefinitionLoader.LoadAsync(Definitions.Sample("kmp.yaml"), CancellationToken.None);

        Assert.Equal(("kmp", "local", "recreate", TimeSpan.FromSeconds(60), DataPolicy.Stop), (app.Name, app.Host, app.Strategy, app.Bake, app.OnFailureData));
        Assert.Equal(Definitions.Sample("kmp.yaml"), app.Path);
        Assert.Equal("compose", app.Platform.Kind);
        var compose = app.Platform.Compose!;
        Assert.Equal(("/opt/kmp", "app", ".env", "KMP_IMAGE_TAG"), (compose.Directory, compose.Service, compose.EnvFile, compose.Variable));
        Assert.Equal((0, null), (compose.Files.Count, compose.Project));
        Assert.Equal("ghcr.io/jhandel/kmp", app.Releases.Image);
        Assert.Equal("release", app.Releases.Channel);
        Assert.Equal("github:jhandel/KMP", app.Releases.Notes);
        Assert.Equal("beta,dev,latest,nightly", string.Join(',', app.Releases.Channels.Values.Order()));
        Assert.Equal("latest", app.Releases.Channels["release"]);
        Assert.Equal(ProofLevel.Restore, app.Prove);
        Assert.Equal(["SELECT COUNT(*) FROM members"], app.Databases["main"].Validate);
        Assert.Equal(
            new DatabaseDefinition { Engine = "mariadb", Service = "db", Database = "kmp", User = "root", Password = "env-file:.env#MYSQL_ROOT_PASSWORD", Validate = app.Databases["main"].Validate },
            app.Databases["main"]);
        Assert.Equal(new HealthCheckDefinition { Http = "http://127.0.0.1:8080/health", From = "host", Version = "version" }, Assert.Single(app.Health));
        Assert.Equal(new MigrationsDefinition { Database = "main", Table = "phinxlog", Run = "on-start" }, app.Migrations);
        Assert.Collection(app.Backups,
            b => Assert.Equal("main", b.Database),
            b => Assert.Equal("kmp-uploads", b.Volume),
            b => Assert.Equal(["docker-compose.yml", ".env"], b.Files!));
    }

    [Fact]
    public async Task The_sample_of_a_service_is_read_whole()
    {
        var app = await DefinitionLoader.LoadAsync(Definitions.Sample("service.yaml"), CancellationToken.None);

        var service = app.Platform.Service!;
        Assert.Equal(["./notes", "--listen", "127.0.0.1:5080"], service.Command);
        Assert.Equal(("/srv/notes", "process", TimeSpan.FromSeconds(15)), (service.Directory, service.Supervisor, service.StopTimeout));
        Assert.Equal("/srv/notes/shared/data", service.Environment["NOTES_DATA"]);
        Assert.Equal("/srv/notes/incoming", app.Releases.Folder);
        Assert.Equal(("127.0.0.1", 5432), (app.Databases["main"].Address, app.Databases["main"].Port));
        Assert.Equal((TimeSpan.FromSeconds(90), TimeSpan.FromMinutes(2), DataPolicy.Restore), (app.HealthTimeout, app.Bake, app.OnFailureData));
        Assert.Equal(("build.version", 200, TimeSpan.FromSeconds(2)), (app.Health[0].Version, app.Health[0].Status, app.Health[0].Timeout));
        Assert.Equal("/srv/notes/upgradeops", app.State!.Folder);
        Assert.Equal("shared/data", app.Backups[1].Folder);
    }

    [Fact]
    public void Relative_paths_start_from_the_definition()
    {
        var app = Definitions.Parse(Definitions.Service + "\nstate: { folder: ../state }");

        Assert.Equal("/srv/app/app", app.Platform.Service!.Directory);
        Assert.Equal("/srv/app/incoming", app.Releases.Folder);
        Assert.Equal("/srv/state", app.State!.Folder);
    }

    [Fact]
    public void State_in_a_database_needs_nothing_else_to_be_found()
    {
        var state = Definitions.Parse(Definitions.Service + "\nstate: { postgresql: { address: db, database: ops, user: runner, password: 'file:pw', certificateAuthority: ca.pem } }").State!;

        Assert.Equal(
            new PostgreSqlStateDefinition { Address = "db", Database = "ops", User = "runner", Password = "file:/srv/app/app/pw", CertificateAuthority = "/srv/app/ca.pem" },
            state.PostgreSql);
        Assert.Equal((5432, "upgradeops", null), (state.PostgreSql!.Port, state.PostgreSql.Schema, state.PostgreSql.Tls));
        Assert.Null(state.Folder);
    }

    [Fact]
    public void What_is_left_out_has_its_documented_default()
    {
        var app = Definitions.Parse(Definitions.Service);

        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(60), DataPolicy.Stop, "recreate", "local"), (app.Bake, app.HealthTimeout, app.OnFailureData, app.Strategy, app.Host));
        Assert.Equal(("process", null), (app.Platform.Service!.Supervisor, app.Platform.Service.StopTimeout));
        Assert.Null(app.State);
        Assert.Null(app.Migrations);
        Assert.Empty(app.Backups);
        Assert.Empty(app.Health);
        Assert.Empty(app.Databases);
    }

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("60s", 60)]
    [InlineData("5m", 300)]
    [InlineData("1h30m", 5400)]
    [InlineData("1d", 86400)]
    public void Durations_are_written_with_their_unit(string text, double seconds) =>
        Assert.Equal(seconds, Definitions.Parse($"{Definitions.Service}\nbake: {text}").Bake.TotalSeconds);

    [Fact]
    public async Task A_missing_file_has_its_own_error()
    {
        var e = await Assert.ThrowsAsync<AppException>(() => DefinitionLoader.LoadAsync("/nowhere/app.yaml", CancellationToken.None));

        Assert.Equal((ErrorIds.DefinitionNotFound, "/nowhere/app.yaml"), (e.ErrorId, e.Error.Target));
    }

    [Fact]
    public void An_anchor_may_be_used_again()
    {
        var app = Definitions.Parse("""
            schema: upgradeops/v1
            name: notes
            platform:
              service:
                directory: &home /srv/notes
                command: [run]
            releases:
              folder: *home
            """);

        Assert.Equal("/srv/notes", app.Releases.Folder);
    }
}
