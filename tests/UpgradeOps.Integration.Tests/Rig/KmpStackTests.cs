namespace UpgradeOps.Integration.Rig;

public sealed class KmpStackTests
{
    [Fact]
    public async Task An_installation_without_database_comes_up_and_moves_to_another_version_by_hand()
    {
        Needs.Stack();
        await using var registry = await RegistryServer.StartAsync();
        var images = new TestImages(registry);
        await images.PublishAllAsync();
        await using var stack = await KmpStack.StartAsync(images, new KmpStackOptions { Tag = "latest" });

        Assert.Equal("v1.0.0", await stack.VersionAsync());
        Assert.Equal(1, await stack.WriteAsync());

        await images.PublishAsync(KmpRelease.V110, "latest");
        (await stack.ComposeAsync("pull", "--quiet")).Expect("pull");
        await stack.UpAsync();
        Assert.Equal("v1.1.0", await stack.VersionAsync());
        Assert.Equal(2, await stack.WriteAsync());
        Assert.Equal(2, await stack.RowsAsync());
    }

    [Theory]
    [InlineData(DatabaseKind.Postgres)]
    [InlineData(DatabaseKind.MariaDb)]
    public async Task An_installation_with_a_database_migrates_at_start_and_keeps_its_rows(DatabaseKind database)
    {
        Needs.Stack();
        await using var registry = await RegistryServer.StartAsync();
        var images = new TestImages(registry);
        await images.PublishAllAsync();
        await using var stack = await KmpStack.StartAsync(images, new KmpStackOptions { Database = database, Tag = "beta" });

        var health = await stack.HealthAsync();
        Assert.Equal("v1.1.0", health!["version"]!.GetValue<string>());
        Assert.Equal(KmpRelease.AddAuthor.Version, health["schema"]!.GetValue<long>());
        Assert.Equal(1, await stack.WriteAsync("hello"));
        Assert.Equal("1\thello", await stack.SqlAsync("SELECT id, note FROM entries"));
        Assert.Equal("CreateEntries\nAddAuthor", await stack.SqlAsync("SELECT migration_name FROM phinxlog ORDER BY version"));

        await images.PublishAsync(KmpRelease.V130, "beta");
        (await stack.ComposeAsync("pull", "--quiet")).Expect("pull");
        await stack.UpAsync();
        Assert.Equal(2, await stack.WriteAsync("again"));
        Assert.Equal("hello\nagain", await stack.SqlAsync("SELECT message FROM entries ORDER BY id"));
    }

    [Theory]
    [InlineData(DatabaseKind.Postgres)]
    [InlineData(DatabaseKind.MariaDb)]
    public async Task The_database_images_hold_the_tools_that_make_and_load_dumps(DatabaseKind database)
    {
        Needs.Stack();
        await using var registry = await RegistryServer.StartAsync();
        var images = new TestImages(registry);
        await images.PublishAllAsync();
        await using var stack = await KmpStack.StartAsync(images, new KmpStackOptions { Database = database });
        await stack.WriteAsync("kept");

        var script = database == DatabaseKind.Postgres
            ? "pg_dump -U kmp -Fc kmp >/tmp/dump && createdb -U kmp copy && pg_restore -U kmp -e -1 -d copy /tmp/dump"
            : "export MYSQL_PWD=$MARIADB_ROOT_PASSWORD; mariadb-dump -u root --single-transaction kmp >/tmp/dump && mariadb-admin -u root create copy && mariadb -u root copy </tmp/dump";
        (await stack.ComposeAsync("exec", "-T", "db", "sh", "-ec", script)).Expect("dump and restore");
        Assert.Equal("kept", await stack.SqlAsync("SELECT note FROM entries", "copy"));
        Assert.NotEqual("0", (await stack.ComposeAsync("exec", "-T", "db", "id", "-u")).Expect("id").Trim());
    }

    [Fact]
    public async Task A_registry_with_tokens_serves_the_engine_too()
    {
        Needs.Stack();
        await using var registry = await RegistryServer.StartAsync(new RegistryOptions { Auth = RegistryAuth.Bearer });
        var images = new TestImages(registry);
        await images.PublishAsync(KmpRelease.V100);
        await using var stack = await KmpStack.StartAsync(images);
        Assert.Equal("v1.0.0", await stack.VersionAsync());
        Assert.Contains(registry.Tokens!.Requests, r => r.Granted);
    }

    [Fact]
    public async Task Disposing_leaves_nothing_in_the_engine()
    {
        Needs.Stack();
        await using var registry = await RegistryServer.StartAsync();
        var images = new TestImages(registry);
        await images.PublishAsync(KmpRelease.V100);
        var stack = await KmpStack.StartAsync(images);
        var filter = $"label=com.docker.compose.project={stack.Project}";
        Assert.NotEqual("", await Command.OutputAsync("docker", "ps", "-aq", "--filter", filter));
        await stack.DisposeAsync();

        Assert.Equal("", await Command.OutputAsync("docker", "ps", "-aq", "--filter", filter));
        Assert.Equal("", await Command.OutputAsync("docker", "volume", "ls", "-q", "--filter", filter));
        Assert.Equal("", await Command.OutputAsync("docker", "network", "ls", "-q", "--filter", filter));
        Assert.False(Directory.Exists(stack.Folder));
    }
}
