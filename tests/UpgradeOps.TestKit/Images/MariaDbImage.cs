namespace UpgradeOps.TestKit;

/// <summary>
/// A MariaDB server image from this machine's Debian packages, driven like the official one: MARIADB_ROOT_PASSWORD,
/// MARIADB_DATABASE (or their MYSQL_ names), data in a volume, not root, client programs under both their names.
/// </summary>
public static class MariaDbImage
{
    public const string Repository = "library/mariadb";
    public const string Data = "/var/lib/mysql";
    private const int User = 999;

    private static readonly string[] Clients = ["", "-admin", "-dump", "-check", "-import", "-show", "-upgrade", "-binlog"];

    private const string Configuration = """
        [mysqld]
        datadir = /var/lib/mysql
        socket = /run/mysqld/mysqld.sock
        bind-address = 0.0.0.0
        skip-name-resolve
        character-set-server = utf8mb4
        # A container that dies is not a power cut: the page cache survives it.
        innodb_flush_log_at_trx_commit = 2
        innodb_log_file_size = 16M
        innodb_buffer_pool_size = 32M

        """;

    private const string Entrypoint = """
        #!/bin/sh
        set -e
        password=${MARIADB_ROOT_PASSWORD-$MYSQL_ROOT_PASSWORD}
        database=${MARIADB_DATABASE-$MYSQL_DATABASE}
        quoted() { printf '%s' "$1" | sed -e 's/\\/\\\\/g' -e "s/'/\\\\'/g"; }
        if [ ! -d /var/lib/mysql/mysql ]; then
            [ -n "$password" ] || { echo "Error: MARIADB_ROOT_PASSWORD is empty" >&2; exit 1; }
            mariadb-install-db --datadir=/var/lib/mysql --basedir=/usr --skip-test-db --skip-name-resolve \
                --auth-root-authentication-method=normal >/tmp/install.log 2>&1 || { cat /tmp/install.log >&2; exit 1; }
            umask 077
            {
                # As in the official image: no administrator without a password on the loopback address.
                echo "DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost';"
                echo "FLUSH PRIVILEGES;"
                echo "ALTER USER root@localhost IDENTIFIED BY '$(quoted "$password")';"
                echo "CREATE USER root@'%' IDENTIFIED BY '$(quoted "$password")';"
                echo "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;"
                [ -z "$database" ] || echo "CREATE DATABASE IF NOT EXISTS \`$database\`;"
            } >/tmp/first.sql
            # The server runs this file before it takes its first connection.
            set -- --init-file=/tmp/first.sql "$@"
        fi
        exec mariadbd "$@"
        """;

    private static readonly Lazy<Task<Image>> Built = new(BuildAsync);

    public static Task<Image> GetAsync() => Built.Value;

    private static async Task<Image> BuildAsync()
    {
        var clients = Clients.Select(c => $"mariadb{c}").ToArray();
        var root = await BusyBox.RootAsync(("mysql", User));
        await root.ProgramsAsync([
            ProgramPath.Get("mariadbd"), ProgramPath.Get("my_print_defaults"), ProgramPath.Get("resolveip"),
            .. clients.Select(ProgramPath.Get), .. ProgramPath.Find("zstd") is { } zstd ? new[] { zstd } : []]);
        root.HostFile(ProgramPath.Get("mariadb-install-db"))
            .HostTree("/usr/share/mysql", IsNeeded)
            .File("/etc/mysql/my.cnf", Configuration)
            .File("/usr/local/bin/docker-entrypoint.sh", Entrypoint, 0b111_101_101)
            .Folder(Data, 0b111_101_101, User)
            .Folder("/run/mysqld", 0b111_101_101, User);
        foreach (var client in clients)
            root.Link($"/usr/local/bin/{client.Replace("mariadb-", "mysql").Replace("mariadb", "mysql")}", $"/usr/bin/{client}");

        return new Image([await root.BuildAsync("mariadb")], new ImageSettings
        {
            Entrypoint = ["docker-entrypoint.sh"],
            User = "mysql",
            Volume = Data,
            Port = 3306,
        });
    }

    /// <summary>Of the shared files: what the server is born from, the charsets, and English.</summary>
    private static bool IsNeeded(string file) =>
        file.EndsWith(".sql", StringComparison.Ordinal) || file.Contains("/charsets/") || file.Contains("/english/");
}
