namespace UpgradeOps.Engine.Tests.Apps;

/// <summary>What a definition may say about another machine.</summary>
public sealed class DefinitionHostTests
{
    private const string Remote = """
        schema: upgradeops/v1
        name: notes
        host: ssh://deploy@host:2222
        platform:
          service:
            directory: /srv/notes/../app/
            command: [./notes]
        releases:
          folder: /srv/incoming
        """;

    [Fact]
    public void Paths_of_the_host_are_its_own_and_the_state_stands_there()
    {
        var definition = Definitions.Parse(Remote);

        Assert.Equal(("ssh://deploy@host:2222", "/srv/app", "/srv/incoming"), (definition.Host, definition.Platform.Directory, definition.Releases.Folder));
        Assert.Equal(("ssh://deploy@host:2222", null, null), (definition.State!.Host, definition.State.Folder, definition.State.Backups));
        Assert.Null(Definitions.Parse(Remote.Replace("ssh://deploy@host:2222", "local", StringComparison.Ordinal)).State);
    }

    [Fact]
    public void A_declared_state_folder_is_the_hosts_and_the_folder_of_backups_this_machines()
    {
        var state = Definitions.Parse(Remote + "\nstate: { folder: /var/state, backups: saved }").State!;

        Assert.Equal(("ssh://deploy@host:2222", "/var/state", Path.GetFullPath("/srv/app/saved")), (state.Host, state.Folder, state.Backups));
        var database = Definitions.Parse(Remote + "\nstate: { postgresql: { address: db, database: d, user: u } }").State!;
        Assert.Equal((null, "db"), (database.Host, database.PostgreSql!.Address));
    }

    [Fact]
    public void A_rehearsal_may_be_declared_there()
    {
        Assert.Equal("{port}", Definitions.Parse(Remote + "\nrehearse: { environment: { PORT: \"{port}\" } }").Rehearse!.Environment["PORT"]);
        Assert.Contains(": rehearse.environment: nothing holds {port}", Definitions.Refused(Remote + "\nrehearse: { environment: { PORT: \"80\" } }").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backups_go_to_a_folder_of_the_named_host_or_of_the_applications_own()
    {
        var own = Definitions.Parse(Remote + "\nstore: { ssh: { folder: /srv//backups/ } }").Store!;
        Assert.Equal(("ssh://deploy@host:2222", "/srv/backups"), (own.Ssh!.Host, own.Ssh.Folder));
        var other = Definitions.Parse(Remote.Replace("ssh://deploy@host:2222", "local", StringComparison.Ordinal) + "\nstore: { ssh: { host: 'ssh://vault', folder: /b }, required: false, keepLocal: 2 }").Store!;
        Assert.Equal(("ssh://vault", "/b", false, 2), (other.Ssh!.Host, other.Ssh.Folder, other.Required, other.KeepLocal));
        Assert.Null(other.S3);
    }

    [Theory]
    [InlineData("store: { ssh: { host: vault, folder: /b } }", "8:23: store.ssh.host: ", "ssh://user@host:port")]
    [InlineData("store: { ssh: { folder: b } }", "8:25: store.ssh.folder: ", "from the root on")]
    [InlineData("store: { ssh: { folder: /.. } }", "8:25: store.ssh.folder: ", "from the root on")]
    [InlineData("store: { ssh: { host: 'ssh://vault' } }", "8:15: store.ssh.folder: ", "folder: /srv/backups")]
    [InlineData("store: { ssh: { folder: /b }, s3: { bucket: bbb } }", "8:10: store.ssh: ", "exactly one")]
    [InlineData("store: { required: false }", "8:8: store: ", "exactly one")]
    public void A_store_that_cannot_be_meant_is_refused_with_its_place(string store, string place, string fix)
    {
        var error = Definitions.Refused(Remote.Replace("releases:", store + "\nreleases:", StringComparison.Ordinal));

        Assert.StartsWith($"{Definitions.File}:{place}", error.Message, StringComparison.Ordinal);
        Assert.Contains(fix, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_on_ssh_needs_a_host_where_the_application_is_on_this_machine()
    {
        var error = Definitions.Refused(Remote.Replace("ssh://deploy@host:2222", "local", StringComparison.Ordinal) + "\nstore: { ssh: { folder: /b } }");
        Assert.Contains("store.ssh.host: this key is missing", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ssh://deploy@host:2222", "ssh://a b", "3:1: host: ", "ssh://user@host:port")]
    [InlineData("ssh://deploy@host:2222", "ssh://-oProxyCommand=x", "3:1: host: ", "ssh://user@host:port")]
    [InlineData("ssh://deploy@host:2222", "docker", "3:1: host: ", "Use local, or ssh")]
    [InlineData("/srv/notes/../app/", "app", "6:5: platform.service.directory: ", "from the root on")]
    [InlineData("/srv/incoming", "incoming", "9:3: releases.folder: ", "from the root on")]
    [InlineData("releases:", "state: { folder: state }\nreleases:", "8:10: state.folder: ", "from the root on")]
    [InlineData("service:\n    directory: /srv/notes/../app/\n    command: [./notes]", "compose: { directory: /srv/notes, service: app, version: { env-file: .env, variable: TAG } }\nbackups: [ { sqlite: a.db, inVolume: data } ]", "6:28: backups[0].inVolume: ", "quiesce: stop")]
    public void What_cannot_be_meant_is_refused_with_its_place(string from, string to, string place, string fix)
    {
        var error = Definitions.Refused(Remote.Replace(from, to, StringComparison.Ordinal));

        Assert.StartsWith($"{Definitions.File}:{place}", error.Message, StringComparison.Ordinal);
        Assert.Contains(fix, error.Message, StringComparison.Ordinal);
    }
}
