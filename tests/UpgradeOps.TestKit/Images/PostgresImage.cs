namespace UpgradeOps.TestKit;

/// <summary>
/// A PostgreSQL server image from this machine's Debian packages, driven like the official one: POSTGRES_USER,
/// POSTGRES_PASSWORD, POSTGRES_DB, data in a volume, not root, all client programs inside.
/// </summary>
public static class PostgresImage
{
    public const string Repository = "library/postgres";
    public const string Data = "/var/lib/postgresql/data";
    private const int User = 999;

    private const string Entrypoint = """
        #!/bin/sh
        set -e
        : "${POSTGRES_USER:=postgres}"
        : "${POSTGRES_DB:=$POSTGRES_USER}"
        if [ ! -s "$PGDATA/PG_VERSION" ]; then
            [ -n "$POSTGRES_PASSWORD" ] || { echo "Error: POSTGRES_PASSWORD is empty" >&2; exit 1; }
            (umask 077; printf '%s\n' "$POSTGRES_PASSWORD" >/tmp/password)
            initdb --no-sync --username="$POSTGRES_USER" --pwfile=/tmp/password --encoding=UTF8 --locale=C.UTF-8 \
                --auth-local=trust --auth-host=scram-sha-256 >/tmp/initdb.log 2>&1 || { cat /tmp/initdb.log >&2; exit 1; }
            rm /tmp/password
            echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
            # A container that dies is not a power cut: the page cache survives it.
            printf "listen_addresses = '*'\nfsync = off\n" >>"$PGDATA/postgresql.conf"
            [ "$POSTGRES_DB" = postgres ] || echo "CREATE DATABASE \"$POSTGRES_DB\"" | postgres --single postgres >/dev/null
        fi
        exec postgres "$@"
        """;

    private static readonly Lazy<Task<Image>> Built = new(BuildAsync);

    /// <summary>The major version, such as <c>15</c>.</summary>
    public static string Major => Path.GetFileName(Home);

    private static string Home => Directory.GetDirectories("/usr/lib/postgresql").OrderBy(d => int.Parse(Path.GetFileName(d))).Last();

    public static Task<Image> GetAsync() => Built.Value;

    /// <summary>Where Debian keeps a client program of this version.</summary>
    internal static string Program(string name) => $"{Home}/bin/{name}";

    private static async Task<Image> BuildAsync()
    {
        // The official image brings zstd too.
        // llvmjit alone would bring a compiler of 110 MB.
        string[] without = ["llvmjit.so", "sepgsql.so"];
        var plugins = Directory.GetFiles($"{Home}/lib", "*.so").Where(f => !without.Contains(Path.GetFileName(f)));
        var root = await BusyBox.RootAsync(("postgres", User));
        await root.ProgramsAsync([.. Directory.GetFiles($"{Home}/bin"), .. plugins, .. ProgramPath.Find("zstd") is { } zstd ? new[] { zstd } : []]);
        root.HostTree($"/usr/share/postgresql/{Major}", f => !f.Contains("/man/"))
            .HostTree("/usr/share/zoneinfo", f => !f.Contains("/posix/") && !f.Contains("/right/"))
            .HostTree("/usr/lib/locale/C.utf8")
            .File("/usr/local/bin/docker-entrypoint.sh", Entrypoint, 0b111_101_101)
            .Folder(Data, 0b111_000_000, User)
            .Folder("/run/postgresql", 0b111_101_101, User)
            .Link("/var/run", "/run");
        foreach (var program in Directory.GetFiles($"{Home}/bin"))
            root.Link($"/usr/local/bin/{Path.GetFileName(program)}", program);

        return new Image([await root.BuildAsync("postgres")], new ImageSettings
        {
            Entrypoint = ["docker-entrypoint.sh"],
            User = "postgres",
            Environment = [$"PGDATA={Data}", $"PG_MAJOR={Major}", "LANG=C.UTF-8"],
            StopSignal = "SIGINT",
            Volume = Data,
            Port = 5432,
        });
    }
}
