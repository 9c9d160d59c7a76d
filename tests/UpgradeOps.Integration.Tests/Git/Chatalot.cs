using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace UpgradeOps.Integration.Git;

/// <summary>The repository of a chat server such as Chatalot: built by Compose, with PostgreSQL, sqlx-style migrations at start-up, secrets and a volume with files.</summary>
internal static class Chatalot
{
    private static readonly (int Version, string Name, string Up, string? Down)[] Migrations =
    [
        (38, "init", "CREATE TABLE messages (id INT PRIMARY KEY, text TEXT);", null),
        (39, "threads", "CREATE TABLE threads (id INT PRIMARY KEY);", "DROP TABLE threads;"),
        (40, "titles", "ALTER TABLE threads ADD title TEXT;", "ALTER TABLE threads DROP title;"),
    ];

    /// <param name="newest">The newest migration.</param>
    /// <param name="keys">It needs a key pair and two variables that it did not need before.</param>
    /// <param name="build">What its build does.</param>
    public static (string, string)[] Files(GitComposeWorld world, string postgres, string version, int newest, bool keys = false, string build = "true")
    {
        var there = Migrations.Where(m => m.Version <= newest).ToList();
        return
        [
            (".gitignore", GitComposeWorld.Ignored),
            ("docker-compose.yml", $$"""
                services:
                  chatalot:
                    build: .
                    user: root
                    container_name: {{world.Project}}-server
                    restart: unless-stopped
                    depends_on: { postgres: { condition: service_healthy } }
                    environment: { PGHOST: postgres, PGUSER: chatalot, PGDATABASE: chatalot, PGPASSWORD: "${DB_PASSWORD}"{{(keys ? ", TOTP_ENCRYPTION_KEY: \"${TOTP_ENCRYPTION_KEY:?}\", DATABASE_URL: \"${DATABASE_URL:-}\"" : "")}} }
                    volumes: ["file_storage:/files"]
                    secrets: [{{(keys ? "jwt, jwt_private_key, jwt_public_key" : "jwt")}}]
                    ports: ["127.0.0.1:${PORT}:8080"]
                  postgres:
                    image: {{postgres}}
                    container_name: {{world.Project}}-db
                    environment: { POSTGRES_USER: chatalot, POSTGRES_DB: chatalot, POSTGRES_PASSWORD: "${DB_PASSWORD}" }
                    volumes: ["postgres_data:{{PostgresImage.Data}}"]
                    healthcheck: { test: [CMD, pg_isready, -q, -h, 127.0.0.1], interval: 500ms, timeout: 5s, retries: 60 }
                volumes: { postgres_data: , file_storage: }
                secrets: { jwt: { file: ./secrets/jwt }{{(keys ? ", jwt_private_key: { file: ./secrets/jwt_private.pem }, jwt_public_key: { file: ./secrets/jwt_public.pem }" : "")}} }

                """),
            ("Dockerfile", $"FROM {postgres}\nCOPY migrations /app/migrations\nCOPY sums start.sh /app/\nCOPY www /app/www\nRUN {build}\nWORKDIR /app\nENTRYPOINT [\"sh\", \"start.sh\"]\n"),
            ("www/health", JsonSerializer.Serialize(new { version })),
            ("sums", string.Concat(there.Select(m => $"{m.Version} {Convert.ToHexStringLower(SHA384.HashData(Encoding.UTF8.GetBytes(m.Up)))}\n"))),
            ("start.sh", $$"""
                trap 'exit 0' TERM INT
                cat /run/secrets/jwt >/dev/null || exit 8
                {{(keys ? "cat /run/secrets/jwt_private_key /run/secrets/jwt_public_key >/dev/null && [ ${#TOTP_ENCRYPTION_KEY} = 64 ] || exit 7" : ":")}}
                psql -Xqc 'CREATE TABLE IF NOT EXISTS _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL, checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL)' 2>/dev/null || exit 9
                while read -r version sum; do
                    [ "$(psql -XqAtc "SELECT count(*) FROM _sqlx_migrations WHERE version = $version")" = 0 ] || continue
                    for file in migrations/0${version}_*.sql; do case $file in *.down.sql) ;; *) up=$file ;; esac; done
                    psql -Xq -v ON_ERROR_STOP=1 --single-transaction -f "$up" -c "INSERT INTO _sqlx_migrations VALUES ($version, '$up', now(), TRUE, '\\x$sum', 1)" || exit 1
                done <sums
                httpd -f -p 8080 -h www &
                while :; do sleep 0.1; done

                """),
            .. there.SelectMany(m => m.Down is null
                ? [($"migrations/0{m.Version}_{m.Name}.sql", m.Up)]
                : new[] { ($"migrations/0{m.Version}_{m.Name}.up.sql", m.Up), ($"migrations/0{m.Version}_{m.Name}.down.sql", m.Down) }),
        ];
    }

    public static async Task<string> SqlAsync(GitComposeWorld world, string sql) =>
        (await world.ComposeAsync("exec", "postgres", "psql", "-XqAt", "-U", "chatalot", "-d", "chatalot", "-c", sql)).Trim();
}
