using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups.Dumps;
using UpgradeOps.Engine.Backups.Volumes;

namespace UpgradeOps.Engine.Backups.Format;

/// <summary>Commands that look at data which was put aside, and that remove it for good. The tools ask for the password; none stands in them.</summary>
internal static class AsideCommands
{
    public static (string Look, string Remove) ForDatabase(DatabaseDefinition database, string? composeFolder, string name)
    {
        var isPostgres = database.Engine == DumpKind.PostgreSql;
        var run = database.Service is { } service
            ? $"docker compose --project-directory {ShellText.Quote(composeFolder ?? ".")} exec {ShellText.Quote(service)} "
            : "";
        if (isPostgres)
        {
            var at = $"{Address(database, "-p")}-U {ShellText.Quote(database.User)}";
            return ($"{run}psql {at} -d {ShellText.Quote(name)}", $"{run}dropdb {at} {ShellText.Quote(name)}");
        }

        var client = $"{run}mariadb {Address(database, "-P")}-u {ShellText.Quote(database.User)} -p";
        return ($"{client} {ShellText.Quote(name)}", $"{client} -e {ShellText.Quote($"DROP DATABASE `{name.Replace("`", "``", StringComparison.Ordinal)}`")}");
    }

    /// <summary>Looking unpacks nothing and starts nothing: the container is only made to name the volume.</summary>
    public static (string Look, string Remove) ForVolume(string name) => (
        $"c=$(docker create -v {ShellText.Quote(name)}:/{DockerVolumes.MountName} \"$(docker image ls -q | head -n 1)\" none) && docker cp \"$c\":/{DockerVolumes.MountName} - | tar -tv; docker rm \"$c\"",
        $"docker volume rm {ShellText.Quote(name)}");

    public static (string Look, string Remove) ForFolder(string path) => ($"ls -lA {ShellText.Quote(path)}", $"rm -r {ShellText.Quote(path)}");

    public static (string Look, string Remove) ForFile(string path) => ($"ls -l {ShellText.Quote(path)}", $"rm {ShellText.Quote(path)}");

    private static string Address(DatabaseDefinition database, string port) =>
        database.Service is not null || database.Address is null
            ? ""
            : $"-h {ShellText.Quote(database.Address)} {(database.Port is { } number ? $"{port} {number} " : "")}";
}
