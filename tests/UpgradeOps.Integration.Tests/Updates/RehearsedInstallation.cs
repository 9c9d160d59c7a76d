using System.Text.Json.Nodes;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Integration.Updates;

/// <summary>One installation with the administrator who rehearses.</summary>
internal sealed class RehearsedInstallation(KmpStack stack, SshServer? ssh) : IAsyncDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public KmpStack Stack => stack;

    public Admin Admin { get; } = new(ssh);

    /// <summary>With a database, two rows and a file, and with all in its compose file that a copy must not take over.</summary>
    /// <param name="remote">Its host is reached over SSH, and has its state.</param>
    public static async Task<RehearsedInstallation> StartAsync(TestImages images, bool remote = false)
    {
        var ssh = remote ? await SshServer.StartAsync() : null;
        var stack = await KmpStack.StartAsync(images, new KmpStackOptions { Database = DatabaseKind.Postgres });
        try
        {
            var app = new RehearsedInstallation(stack, ssh);
            if (ssh is not null)
            {
                var definition = await File.ReadAllTextAsync(stack.DefinitionPath, Token);
                await File.WriteAllTextAsync(stack.DefinitionPath, definition.Replace("host: local", $"host: {ssh.Address}\nstate: {{ folder: \"{app.Admin.StateOf(stack.Project)}\" }}", StringComparison.Ordinal), Token);
            }

            await app.EditComposeAsync(file => file.Replace("    ports: [\"127", $$"""
                    hostname: app
                    container_name: {{stack.Project}}-one
                    labels: { traefik.http.routers.kmp.rule: "Host(`kmp`)" }
                    networks: { default: { aliases: [kmp-front] } }
                    ports: ["127
                """, StringComparison.Ordinal));
            await stack.WriteAsync("one");
            await stack.WriteAsync("two");
            (await stack.ComposeAsync("exec", "-T", "app", "sh", "-c", "printf picture >/data/picture")).Expect("picture");
            return app;
        }
        catch
        {
            await stack.DisposeAsync();
            if (ssh is not null)
                await ssh.DisposeAsync();
            throw;
        }
    }

    public Task AppendAsync(params string[] texts) => File.AppendAllTextAsync(stack.DefinitionPath, "\n" + string.Join('\n', texts) + "\n", Token);

    public Task<RehearsalReport> RehearseAsync(string version) =>
        new RehearseUpdate(Admin.Session).RunAsync(new UpdateOptions { Name = stack.DefinitionPath, Version = version }, Token);

    /// <summary>Changes the compose file, and what runs where it is to follow.</summary>
    public async Task EditComposeAsync(Func<string, string> edit, bool up = true)
    {
        var file = await File.ReadAllTextAsync(stack.ComposeFile, Token);
        var edited = edit(file);
        Assert.NotEqual(file, edited);
        await File.WriteAllTextAsync(stack.ComposeFile, edited, Token);
        if (up)
            await stack.UpAsync();
    }

    /// <summary>What the operation kept of the copy, of files with this ending.</summary>
    public string Evidence(RehearsalReport report, string ending) => string.Concat(
        Directory.GetFiles(Path.Combine(Admin.StateOf(stack.Project), "operations", report.OperationId!), "*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(ending, StringComparison.Ordinal)).Select(File.ReadAllText));

    /// <summary>Containers, volumes and databases of copies: of this installation's, for others are rehearsed on the same engine meanwhile.</summary>
    public async Task<string> RemainsAsync()
    {
        var remains = await stack.SqlAsync("SELECT datname FROM pg_database WHERE NOT datistemplate AND datname NOT IN ('kmp', 'postgres')");
        foreach (var operation in Admin.Journals(stack.Project).Select(j => Path.GetFileName(Path.GetDirectoryName(j)!)))
        {
            remains += await Command.OutputAsync("docker", "ps", "--all", "--quiet", "--filter", $"label=upgradeops.rehearsal={operation}");
            remains += await Command.OutputAsync("docker", "volume", "ls", "--quiet", "--filter", $"label=upgradeops.rehearsal={operation}");
            remains += await Command.OutputAsync("docker", "network", "ls", "--quiet", "--filter", $"name=rehearsal-{operation.ToLowerInvariant()}");
        }

        return remains + await Command.OutputAsync("docker", "volume", "ls", "--quiet", "--filter", $"name={stack.Project}_kmp-uploads-rehearsal-");
    }

    public async Task AssertNothingLeftAsync()
    {
        Assert.Equal("", await RemainsAsync());
        Assert.Equal("kmp\npostgres", await stack.SqlAsync("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1"));
        Assert.False(Directory.Exists(Path.Combine(Admin.StateFolder, stack.Project, "rehearsal")));
    }

    public async ValueTask DisposeAsync()
    {
        await stack.DisposeAsync();
        if (ssh is not null)
            await ssh.DisposeAsync();
        Admin.Dispose();
    }
}

/// <summary>Asks the live installation all the time, and knows every row, every container and every file of it.</summary>
internal sealed class LiveWatch : IAsyncDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly RehearsedInstallation app;
    private readonly HttpLoad load;
    private readonly string before;

    private LiveWatch(RehearsedInstallation app, string before, string address)
    {
        (this.app, this.before, Address) = (app, before, address);
        load = HttpLoad.Start(new Uri(app.Stack.Url, "health"), perSecond: 20, timeout: TimeSpan.FromSeconds(20));
    }

    /// <summary>The live application's in its network.</summary>
    public string Address { get; }

    public static async Task<LiveWatch> StartAsync(RehearsedInstallation app) => new(
        app, await StateAsync(app),
        (await Command.OutputAsync("docker", "inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", await app.Stack.ContainerAsync())).Trim());

    public async Task AssertUntouchedAsync()
    {
        var seen = await load.StopAsync();
        Assert.True(seen is { Failed: 0, TimedOut: 0 } && seen.Ok > 20, seen.ToString());
        Assert.Equal("v1.0.0", await app.Stack.VersionAsync());
        Assert.Equal(before, await StateAsync(app));
    }

    /// <summary>Waits for the copy and looks at it from all sides, while it lives.</summary>
    public Task<SeenCopy> FollowCopyAsync() => FollowAsync("label=upgradeops.rehearsal", $"network={app.Stack.Project}_default");

    /// <summary>The same of the container in which an update runs its migrations.</summary>
    public Task<SeenCopy> FollowJobAsync() => FollowAsync("label=com.docker.compose.oneoff=True", $"label=com.docker.compose.project={app.Stack.Project}");

    private async Task<SeenCopy> FollowAsync(params IEnumerable<string> wanted)
    {
        var id = "";
        string[] filters = [.. wanted.Append("label=com.docker.compose.service=app").SelectMany(f => (string[])["--filter", f])];
        await Until.TrueAsync(
            async () => (id = await Command.OutputAsync("docker", ["ps", "--quiet", "--no-trunc", .. filters])) != "",
            TimeSpan.FromMinutes(2), "the copy", Token);
        var inspected = JsonNode.Parse(await Command.OutputAsync("docker", "inspect", id))![0]!;
        var picture = await Command.OutputAsync("docker", "exec", id, "cat", "/data/picture");
        var addresses = new List<string>();
        for (var i = 0; i < 5; i++)
            addresses.AddRange(await AddressesAsync());
        var network = inspected["NetworkSettings"]!["Networks"]!.AsObject().Single().Value!;
        return new SeenCopy(
            picture, inspected["Mounts"]!.AsArray().Single()!["Name"]!.GetValue<string>(), Texts(network["Aliases"]).Concat(Texts(network["DNSNames"])).ToList(), addresses,
            inspected["HostConfig"]!["RestartPolicy"]!["Name"]!.GetValue<string>(), [.. inspected["Config"]!["Labels"]!.AsObject().Select(l => l.Key)])
        {
            Hostname = inspected["Config"]!["Hostname"]!.GetValue<string>(),
            Variables = [.. Texts(inspected["Config"]!["Env"])],
            Ports = inspected["HostConfig"]!["PortBindings"]!.AsObject().Count,
        };
    }

    public ValueTask DisposeAsync() => load.DisposeAsync();

    /// <summary>Whom the live network names under the names that users' requests come by.</summary>
    private async Task<IEnumerable<string>> AddressesAsync()
    {
        var said = (await app.Stack.ComposeAsync("exec", "-T", "db", "sh", "-c", "for n in app kmp-front; do nslookup -type=a $n 127.0.0.11; done")).Expect("nslookup");
        return said.Split('\n').Where(l => l.StartsWith("Address", StringComparison.Ordinal) && !l.Contains("127.0.0.11", StringComparison.Ordinal)).Select(l => l.Split(' ')[^1].Trim());
    }

    private static IEnumerable<string> Texts(JsonNode? node) => node is JsonArray items ? items.Select(i => i!.GetValue<string>()) : [];

    private static async Task<string> StateAsync(RehearsedInstallation app) => string.Join('\n', [
        await Command.OutputAsync("docker", "ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.State}}", "--filter", $"label=com.docker.compose.project={app.Stack.Project}"),
        await Command.OutputAsync("docker", "inspect", "--format", "{{.State.StartedAt}} {{.RestartCount}}", await app.Stack.ContainerAsync()),
        await Command.OutputAsync("docker", "volume", "ls", "--quiet", "--filter", $"label=com.docker.compose.project={app.Stack.Project}"),
        (await app.Stack.ComposeAsync("exec", "-T", "app", "sh", "-c", "cd /data; find . -exec stat -c '%n %s %Y %u %a' {} +; find . -type f -exec md5sum {} +")).Expect("files"),
        await app.Stack.SqlAsync("SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables ORDER BY relname"),
        await app.Stack.SqlAsync("SELECT e.* FROM entries e ORDER BY id"),
        await app.Stack.SqlAsync("SELECT version FROM phinxlog ORDER BY version"),
        await app.Stack.SqlAsync("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"),
        await File.ReadAllTextAsync(app.Stack.EnvFile), await File.ReadAllTextAsync(app.Stack.ComposeFile)]);
}

/// <param name="Names">By which its network knows it.</param>
/// <param name="Addresses">What the names of the live application meant while it lived.</param>
internal sealed record SeenCopy(string Picture, string Volume, IReadOnlyList<string> Names, IReadOnlyList<string> Addresses, string Restart, IReadOnlyList<string> Labels)
{
    public required string Hostname { get; init; }

    public required IReadOnlyList<string> Variables { get; init; }

    /// <summary>How many are published.</summary>
    public required int Ports { get; init; }
}
