namespace UpgradeOps.TestKit;

/// <summary>Writes what an administrator of a KMP installation has in its folder, and the definition that describes it.</summary>
internal static class KmpFiles
{
    public static string ComposeFile(KmpStackOptions options, string image, string databaseImage)
    {
        var (dependency, environment, service) = options.Database switch
        {
            DatabaseKind.Postgres => (DependsOnDatabase, PostgresEnvironment, Postgres(databaseImage, options.DatabaseInterval)),
            DatabaseKind.MariaDb => (DependsOnDatabase, MariaDbEnvironment, MariaDb(databaseImage, options.DatabaseInterval)),
            _ => ("", "", ""),
        };
        var healthCheck = options.HealthCheck ? HealthCheck : "";
        var volumes = options.Database == DatabaseKind.None ? "" : "\n  kmp-data:";
        var network = options.Subnet is null ? "" : $"\nnetworks: {{ default: {{ ipam: {{ config: [ {{ subnet: {options.Subnet} }} ] }} }} }}";
        return $$"""
            # KMP behind Docker Compose, pre-built image
            services:
              app:
                image: {{image}}:${KMP_IMAGE_TAG:-latest}
                restart: {{options.RestartPolicy}}
                ports: ["127.0.0.1:${KMP_PORT}:{{KmpImage.Port}}"]
                volumes: ["kmp-uploads:/data"]{{dependency}}{{environment}}{{healthCheck}}{{service}}
            volumes:
              kmp-uploads:{{volumes}}{{network}}

            """;
    }

    public static string EnvFile(KmpStackOptions options, int port)
    {
        var password = options.DatabasePassword.Replace("\\", "\\\\").Replace("\"", "\\\"");
        var name = PasswordVariable(options.Database);
        return options.OddEnvFile
            ? $"# KMP's settings. A line such as KMP_IMAGE_TAG=v0.0.1 in a comment means nothing.\r\n\r\nexport KMP_PORT='{port}'\r\n" +
              $"KMP_IMAGE_TAG={options.Tag}   # set by the installer\r\n# \"half a quote\n{name}=\"{password}\"\nEMPTY=\n  SPACED = \"a  b\"\nLAST=no line end"
            : $"KMP_IMAGE_TAG={options.Tag}\nKMP_PORT={port}\n{name}=\"{password}\"\n";
    }

    public static string Definition(KmpStackOptions options, string name, string folder, TestImages images, Uri url)
    {
        var database = options.Database switch
        {
            DatabaseKind.Postgres => Databases("postgresql", "kmp", "POSTGRES_PASSWORD"),
            DatabaseKind.MariaDb => Databases("mariadb", "root", "MYSQL_ROOT_PASSWORD"),
            _ => "",
        };
        var (backup, migrations) = options.Database == DatabaseKind.None
            ? ("", "")
            : ("{ database: main }, ", "\nmigrations: { database: main, table: phinxlog, run: on-start }");
        return $$"""
            schema: upgradeops/v1
            name: {{name}}
            host: local
            platform:
              compose:
                directory: {{folder}}
                service: app
                version: { env-file: .env, variable: KMP_IMAGE_TAG }
            releases:
              image: {{images.Repository}}{{Credentials(images.Registry)}}
              channels: { release: latest, beta: beta, dev: dev, nightly: nightly }
              channel: release{{database}}
            health:
              - http: {{url}}health
                from: host
                version: version
            backups: [ {{backup}}{ volume: kmp-uploads }, { files: [docker-compose.yml, .env] } ]{{migrations}}
            strategy: recreate
            bake: {{options.Bake}}
            onFailure: { data: stop }

            """;
    }

    /// <summary>The name of the file, beside the definition, that holds the registry's password.</summary>
    public const string RegistryPassword = "registry-password";

    private static string Credentials(RegistryServer registry)
    {
        var user = registry.Options.Auth == RegistryAuth.Anonymous ? "" : $"\n  user: {registry.Options.User}\n  password: \"file:{RegistryPassword}\"";
        var authority = registry.Authority is null ? "" : $"\n  certificateAuthority: {registry.Folder}/ca.crt";
        return user + authority;
    }

    private static string PasswordVariable(DatabaseKind kind) => kind == DatabaseKind.Postgres ? "POSTGRES_PASSWORD" : "MYSQL_ROOT_PASSWORD";

    private static string Databases(string engine, string user, string variable) => $$"""

        databases:
          main: { engine: {{engine}}, at: { service: db }, name: kmp, user: {{user}}, password: "env-file:.env#{{variable}}" }
        """;

    private const string DependsOnDatabase = "\n    depends_on: { db: { condition: service_healthy } }";

    private const string HealthCheck =
        "\n    healthcheck: { test: [CMD, wget, -q, -O, /dev/null, \"http://127.0.0.1:8080/health\"], interval: 500ms, timeout: 2s, retries: 10 }";

    private const string PostgresEnvironment =
        "\n    environment: { KMP_DATABASE: postgres, DB_HOST: db, DB_NAME: kmp, DB_USER: kmp, DB_PASSWORD: \"${POSTGRES_PASSWORD}\" }";

    private const string MariaDbEnvironment =
        "\n    environment: { KMP_DATABASE: mariadb, DB_HOST: db, DB_NAME: kmp, DB_USER: root, DB_PASSWORD: \"${MYSQL_ROOT_PASSWORD}\" }";

    private static string Postgres(string image, string interval) => $$"""

          db:
            image: {{image}}
            environment: { POSTGRES_USER: kmp, POSTGRES_DB: kmp, POSTGRES_PASSWORD: "${POSTGRES_PASSWORD}" }
            volumes: ["kmp-data:{{PostgresImage.Data}}"]
            healthcheck: { test: [CMD, pg_isready, -q, -h, 127.0.0.1], interval: {{interval}}, timeout: 5s, retries: 60 }
        """;

    private static string MariaDb(string image, string interval) => $$"""

          db:
            image: {{image}}
            environment: { MARIADB_ROOT_PASSWORD: "${MYSQL_ROOT_PASSWORD}", MARIADB_DATABASE: kmp }
            volumes: ["kmp-data:{{MariaDbImage.Data}}"]
            healthcheck: { test: [CMD, mariadb-admin, ping, --silent, -h, 127.0.0.1], interval: {{interval}}, timeout: 5s, retries: 60 }
        """;
}
