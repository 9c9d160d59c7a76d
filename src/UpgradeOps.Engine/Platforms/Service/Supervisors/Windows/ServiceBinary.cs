namespace UpgradeOps.Engine.Platforms.Service.Supervisors.Windows;

/// <summary>The command line of a service: Windows keeps it as one text, with or without quotes around its parts.</summary>
internal static class ServiceBinary
{
    private const string Program = ".exe";

    /// <summary>Finds the first part of a command line that goes through a folder.</summary>
    /// <param name="folder">Absolute.</param>
    /// <returns>The path below the folder, with slashes; empty for the folder itself, null when no part does.</returns>
    public static string? Below(string commandLine, string folder)
    {
        var (line, prefix) = (Normal(Environment.ExpandEnvironmentVariables(commandLine)), Normal(folder));
        for (var at = line.IndexOf(prefix, StringComparison.OrdinalIgnoreCase); at >= 0; at = line.IndexOf(prefix, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var rest = line[(at + prefix.Length)..];
            if ((at == 0 || line[at - 1] is ' ' or '"' or '=') && (rest.Length == 0 || rest[0] is '\\' or '"' or ' '))
                return Part(rest, isQuoted: line[..at].Count(static c => c == '"') % 2 == 1, isProgram: at == 0).TrimStart('\\').Replace('\\', '/');
        }

        return null;
    }

    /// <summary>True when a path is this folder or below it, as Windows compares them.</summary>
    public static bool IsBelow(string path, string folder) =>
        (Normal(path) + '\\').StartsWith(Normal(folder) + '\\', StringComparison.OrdinalIgnoreCase);

    /// <summary>One way to write a path: with backslashes, and without the mark that switches off what Windows does with paths.</summary>
    public static string Normal(string path) => path.Replace('/', '\\').Replace(@"\\?\", "", StringComparison.Ordinal).TrimEnd('\\');

    /// <summary>As Windows reads it: to the closing quote; without quotes a program's name may hold blanks.</summary>
    private static string Part(string rest, bool isQuoted, bool isProgram)
    {
        var quote = rest.IndexOf('"', StringComparison.Ordinal);
        if (isQuoted)
            return quote < 0 ? rest : rest[..quote];
        var program = rest.IndexOf(Program, StringComparison.OrdinalIgnoreCase);
        if (isProgram && program >= 0)
            return rest[..(program + Program.Length)];
        var blank = rest.IndexOf(' ', StringComparison.Ordinal);
        return blank < 0 ? rest : rest[..blank];
    }
}
