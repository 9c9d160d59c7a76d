namespace UpgradeOps.TestKit;

/// <summary>
/// A database server alone in a container, labelled as Compose would label service <c>db</c> of a project in <see cref="Folder"/>.
/// It is removed with its data when disposed.
/// </summary>
public sealed class DatabaseContainer : IAsyncDisposable
{
    public const string Service = "db";
    public const string Password = "s3cret with $igns & blanks";

    private readonly TempFolder folder;
    private readonly Leftover leftover;

    private DatabaseContainer(DatabaseKind kind, TempFolder folder, Leftover leftover) => (Kind, this.folder, this.leftover) = (kind, folder, leftover);

    public DatabaseKind Kind { get; }

    public string Folder => folder.Path;

    public string Project => Path.GetFileName(folder.Path);

    public string Id { get; private set; } = "";

    /// <summary>The container's address on the engine's bridge, reachable from this machine.</summary>
    public string Address { get; private set; } = "";

    public int Port => Kind == DatabaseKind.Postgres ? 5432 : 3306;

    /// <summary>The administrator whose password is <see cref="Password"/>.</summary>
    public string User => Kind == DatabaseKind.Postgres ? "postgres" : "root";

    public static async Task<DatabaseContainer> StartAsync(DatabaseKind kind, params string[] serverOptions)
    {
        var folder = new TempFolder("db-");
        var container = new DatabaseContainer(kind, folder, await Leftover.NoteAsync(folder.Path, project: Path.GetFileName(folder.Path)));
        try
        {
            await container.RunAsync(serverOptions);
            return container;
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    public Task SignalAsync(string signal) => Command.OutputAsync("docker", "kill", "--signal", signal, Id);

    public Task StopAsync() => Command.OutputAsync("docker", "stop", "--time", "10", Id);

    /// <summary>Starts the server again and waits until it answers.</summary>
    public async Task StartAgainAsync()
    {
        await Command.OutputAsync("docker", "start", Id);
        await ReadyAsync();
    }

    /// <summary>Runs a command in the container, with the administrator's password in the tools' environment.</summary>
    public Task<CommandResult> ExecAsync(params string[] command) => new Command(
        "docker", ["exec", "--env", "PGPASSWORD", "--env", "MYSQL_PWD", Id, .. command])
    {
        Environment = new Dictionary<string, string?> { ["PGPASSWORD"] = Password, ["MYSQL_PWD"] = Password },
    }.RunAsync();

    public async ValueTask DisposeAsync()
    {
        await ProjectCleaner.RemoveAsync(Project);
        folder.Dispose();
        leftover.Forget();
    }

    private async Task RunAsync(string[] serverOptions)
    {
        var postgres = Kind == DatabaseKind.Postgres;
        var image = postgres
            ? await LocalImage.LoadAsync("postgres", await PostgresImage.GetAsync())
            : await LocalImage.LoadAsync("mariadb", await MariaDbImage.GetAsync());
        var variable = postgres ? "POSTGRES_PASSWORD" : "MARIADB_ROOT_PASSWORD";
        string[] options = postgres ? ["-c", "fsync=off", "-c", "synchronous_commit=off", .. serverOptions] : serverOptions;
        var result = await new Command(
            "docker",
            [
                "run", "--detach", "--env", variable, "--label", $"com.docker.compose.project={Project}", "--label", $"com.docker.compose.service={Service}",
                "--label", $"com.docker.compose.project.working_dir={Folder}", "--label", "com.docker.compose.oneoff=False",
                "--label", "com.docker.compose.container-number=1", image, .. options,
            ])
        {
            Environment = new Dictionary<string, string?> { [variable] = Password },
        }.RunAsync();
        Id = result.Expect("docker run").Trim();
        await ReadyAsync();
    }

    private async Task ReadyAsync()
    {
        string[] ask = Kind == DatabaseKind.Postgres
            ? ["psql", "-h", "127.0.0.1", "-U", "postgres", "-c", "SELECT 1"]
            : ["mariadb", "--protocol=tcp", "-h", "127.0.0.1", "-u", "root", "-e", "SELECT 1"];
        await Until.TrueAsync(async () => (await ExecAsync(ask)).ExitCode == 0, TimeSpan.FromSeconds(60), $"{Kind} in a container");
        Address = (await Command.OutputAsync("docker", "inspect", "--format", "{{.NetworkSettings.IPAddress}}", Id)).Trim();
    }
}
