using System.Text;

namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>A command as a script for the other side. It travels over standard input: nothing of it is in anybody's process list but the command itself.</summary>
internal static class CommandScript
{
    public const string MissingCommand = "missing";
    public const string MissingFolder = "nofolder";

    public static string Of(HostCommand command)
    {
        var path = command.Environment.TryGetValue("PATH", out var own) ? ShellText.Quote(own) : "\"$PATH\"";
        var script = new StringBuilder();
        if (command.WorkingDirectory is { } folder)
            script.Append("if ! cd -- ").Append(ShellText.Quote(folder)).Append(" 2>/dev/null; then up_status=").Append(MissingFolder).Append("; el");
        script.Append("if ! up_find ").Append(ShellText.Quote(command.FileName)).Append(' ').Append(path).Append("; then up_status=").Append(MissingCommand).Append("; else (");
        if (command.Detached)
            script.Append(" unset SSH_CLIENT SSH_CONNECTION SSH_TTY SSH_AUTH_SOCK;");
        foreach (var (name, value) in command.Environment)
            script.Append(" export ").Append(Name(name)).Append('=').Append(ShellText.Quote(value)).Append(';');
        script.Append(" exec ");
        if (command.Detached)
            // In a session of its own the end of the connection does not reach it.
            script.Append("setsid ");
        return script.Append("\"$up_path\" ").Append(ShellText.Quote(command.Arguments)).Append(" ) fi").ToString();
    }

    private static string Name(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? name
            : throw new AppException(ErrorIds.HostCommandFailed, $"'{name}' is no name of an environment variable that can be set over SSH.", name);
}
