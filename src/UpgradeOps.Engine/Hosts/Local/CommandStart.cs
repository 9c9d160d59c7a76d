using System.Diagnostics;
using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.Hosts.Local;

/// <summary>A command made ready to start on this machine.</summary>
/// <param name="OwnSession">True when it gets a session of its own: its process id is its group's id too.</param>
internal sealed record CommandStart(ProcessStartInfo Info, bool OwnSession)
{
    /// <summary>What a command keeps of our environment when it asks for a clean one: where things are, whose they are, which language.</summary>
    private static readonly string[] Basics =
    [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR", "DOTNET_ROOT",
        "SystemRoot", "SystemDrive", "windir", "TEMP", "TMP", "PATHEXT", "COMSPEC", "USERPROFILE", "ProgramData", "ProgramFiles", "APPDATA", "LOCALAPPDATA",
    ];

    private static readonly string? SetSid = OperatingSystem.IsWindows() ? null : CommandFinder.Find("setsid", Environment.GetEnvironmentVariable("PATH"));

    /// <exception cref="AppException"><see cref="ErrorIds.HostCommandMissing"/>.</exception>
    public static CommandStart Prepare(HostCommand command)
    {
        if (command.WorkingDirectory is { } folder && !Directory.Exists(folder))
            throw new AppException(ErrorIds.HostFileFailed, $"The folder {folder}, in which {command.FileName} should run, does not exist.", folder);

        var path = command.Environment.GetValueOrDefault("PATH") ?? Environment.GetEnvironmentVariable("PATH");
        var file = CommandFinder.Find(command.FileName, path) ?? throw Missing(command.FileName);

        // In a session of its own it does not get the terminal's Ctrl+C: when a person presses it, we decide when it stops.
        var info = new ProcessStartInfo(SetSid ?? file)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = command.WorkingDirectory ?? "",
        };
        if (SetSid is not null)
            info.ArgumentList.Add(file);
        foreach (var argument in command.Arguments)
            info.ArgumentList.Add(argument);
        if (command.Detached)
        {
            KeepBasics(info.Environment);
            if (OperatingSystem.IsLinux())
                Posix.KeepFilesFromChildren();
        }

        foreach (var (name, value) in command.Environment)
            info.Environment[name] = value;
        return new CommandStart(info, SetSid is not null);
    }

    public static AppException Missing(string fileName, Exception? inner = null) =>
        new(ErrorIds.HostCommandMissing, $"There is no command '{fileName}' on this machine.", fileName, inner: inner);

    private static void KeepBasics(IDictionary<string, string?> environment)
    {
        var comparer = OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var foreign = environment.Keys
            .Where(name => !Basics.Contains(name, comparer) && !name.StartsWith("LC_", StringComparison.Ordinal))
            .ToList();
        foreach (var name in foreign)
            environment.Remove(name);
    }
}
