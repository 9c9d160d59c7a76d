using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups.Dumps;

namespace UpgradeOps.Engine.Backups.Format;

/// <summary>
/// Commands for a person without UpgradeOps, to be run in the backup's folder. They load beside the live data first; no password stands in them.
/// </summary>
internal static class RestoreCommands
{
    /// <param name="composeFolder">Where the compose file stands; null without Compose.</param>
    public static IReadOnlyList<string> ForDatabase(DatabaseDefinition database, string? composeFolder, BackupFile file)
    {
        var isPostgres = database.Engine == DumpKind.PostgreSql;
        var password = isPostgres ? "PGPASSWORD" : "MYSQL_PWD";
        var run = database.Service is { } service
            ? $"docker compose --project-directory {ShellText.Quote(composeFolder ?? ".")} exec -T -e {password} {ShellText.Quote(service)} "
            : "";
        var beside = database.Database + "_restored";
        return
        [
            $"# The password of user {database.User}:",
            $"read -rs {password} && export {password}",
            .. isPostgres ? Postgres(database, run, beside, file) : MariaDb(database, run, beside, file),
        ];
    }

    /// <summary>For the text of a whole server, or its roles: into a fresh one. The role that loads it exists there, which is told and does no harm.</summary>
    public static IReadOnlyList<string> ForCluster(DatabaseDefinition database, string? composeFolder, BackupFile file)
    {
        var run = database.Service is { } service
            ? $"docker compose --project-directory {ShellText.Quote(composeFolder ?? ".")} exec -T -e PGPASSWORD {ShellText.Quote(service)} "
            : "";
        return
        [
            $"# Into a new, empty server of the same or a newer version. The password of user {database.User} there:",
            "read -rs PGPASSWORD && export PGPASSWORD",
            $"{ShellText.Unpack(file)} | {run}psql -X -q {Address(database, "-h ", "-p ")}-U {ShellText.Quote(database.User)} -d postgres",
        ];
    }

    private static string[] Postgres(DatabaseDefinition database, string run, string beside, BackupFile file)
    {
        var user = $"{Address(database, "-h ", "-p ")}-U {ShellText.Quote(database.User)}";
        var swap = $"-c {ShellText.Quote($"ALTER DATABASE \"{database.Database}\" RENAME TO \"{database.Database}_before\"")} -c {ShellText.Quote($"ALTER DATABASE \"{beside}\" RENAME TO \"{database.Database}\"")}";
        var restore = $"pg_restore {user} --exit-on-error -d {ShellText.Quote(beside)}";
        return
        [
            $"{run}createdb {user} {ShellText.Quote(beside)}",
            Encodings.ContentOf(file.Encoding) == Encodings.PostgresFolder
                // It reads a folder only where it can go back and forth in it.
                ? $"{ShellText.Unpack(file)} | {run}sh -c 'd=$(mktemp -d) && tar -xf - -C \"$d\" && \"$@\" -j 4 \"$d\"; code=$?; rm -rf \"$d\"; exit $code' sh {restore}"
                : $"{ShellText.Unpack(file)} | {run}{restore}",
            "# When the application is stopped:",
            $"{run}psql {user} -d postgres {swap}",
        ];
    }

    private static string[] MariaDb(DatabaseDefinition database, string run, string beside, BackupFile file)
    {
        var client = $"{run}mariadb {Address(database, "-h ", "-P ")}-u {ShellText.Quote(database.User)}";
        var load = $"{ShellText.Unpack(file)} | {client}";
        return
        [
            $"{client} -e {ShellText.Quote($"CREATE DATABASE `{beside}`")}",
            $"{load} {ShellText.Quote(beside)}",
            "# Looked at and found good, when the application is stopped: the same over the live one, whose tables it replaces.",
            $"{load} {ShellText.Quote(database.Database)}",
        ];
    }

    private static string Address(DatabaseDefinition database, string host, string port) =>
        database.Service is not null || database.Address is null
            ? ""
            : $"{host}{ShellText.Quote(database.Address)} {(database.Port is { } number ? $"{port}{number} " : "")}";

}
