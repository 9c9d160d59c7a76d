namespace UpgradeOps.Engine.Backups.Format;

/// <summary>Arguments as a person pastes them into a POSIX shell.</summary>
internal static class ShellText
{
    public static string Quote(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':' or '=' or '@' or '+' or ',')
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
