namespace UpgradeOps.TestKit;

/// <summary>
/// A PostgreSQL server of this machine's Debian package, with its own data folder and port, as an ordinary user. TLS is on, with a
/// certificate of <see cref="Authority"/>. It can be stopped and started again; it is gone with its data when disposed.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    public const string User = "postgres";
    public const string Password = "s3cret with $igns & blanks";

    private readonly TempFolder folder = new("postgres-");
    private readonly string[] options;
    private ServerProcess? process;

    private PostgresServer(string[] options) => this.options = options;

    public int Port { get; } = FreePort.Next();

    public TestAuthority Authority { get; } = new();

    /// <summary>A file with <see cref="Password"/>.</summary>
    public string PasswordFile => folder["password"];

    /// <summary>The authority's certificate.</summary>
    public string AuthorityFile => folder["ca.crt"];

    private string Data => folder["data"];

    /// <param name="options">Settings, such as <c>ssl=off</c>.</param>
    public static async Task<PostgresServer> StartAsync(params string[] options)
    {
        var server = new PostgresServer(options);
        try
        {
            await server.MakeAsync();
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs SQL as the administrator and gives what it prints: unaligned, tuples only.</summary>
    public Task<string> SqlAsync(string sql, string database = "postgres") => SqlAsync(User, Password, sql, database);

    public async Task<string> SqlAsync(string user, string password, string sql, string database = "postgres") => (await new Command(
        "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", $"{Port}", "-U", user, "-d", database)
    {
        Environment = new Dictionary<string, string?> { ["PGPASSWORD"] = password },
        Input = sql,
    }.RunAsync()).Expect("psql").Trim();

    /// <summary>Ends it as a crash would: every connection breaks.</summary>
    public async Task StopAsync()
    {
        await Command.RunAsync(AsServer[0], [.. AsServer[1..], PostgresImage.Program("pg_ctl"), "stop", "-D", Data, "-m", "immediate", "-w", "-t", "60"]);
        await process!.DisposeAsync();
        process = null;
    }

    public async Task StartAgainAsync()
    {
        process = ServerProcess.Start(
            folder["log"], detached: false, AsServer[0],
            [
                .. AsServer[1..], PostgresImage.Program("postgres"), "-D", Data, "-p", $"{Port}", "-k", Data, "-c", "listen_addresses=*", "-c", "ssl=on",
                "-c", $"ssl_cert_file={folder["server.crt"]}", "-c", $"ssl_key_file={folder["server.key"]}", "-c", "fsync=off",
                .. options.SelectMany(o => (string[])["-c", o]),
            ]);
        await Until.TrueAsync(async () => await SqlAsync("SELECT 1") == "1", TimeSpan.FromSeconds(60), $"PostgreSQL in {folder.Path}");
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await StopAsync();
        Authority.Dispose();
        folder.Dispose();
    }

    private static string[] AsServer => Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        : ["env"];

    private async Task MakeAsync()
    {
        await File.WriteAllTextAsync(PasswordFile, Password);
        Authority.Write(folder.Path);
        if (Environment.IsPrivilegedProcess)
            await Command.OutputAsync("chown", "-R", "postgres:postgres", folder.Path);
        File.SetUnixFileMode(folder["server.key"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await Command.OutputAsync(
            AsServer[0],
            [.. AsServer[1..], PostgresImage.Program("initdb"), "--no-sync", "-D", Data, "-U", User, $"--pwfile={PasswordFile}", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256"]);
        await File.AppendAllTextAsync(Path.Combine(Data, "pg_hba.conf"), "host all all all scram-sha-256\n");
    }
}
