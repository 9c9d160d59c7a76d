using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Engine.Apps;

/// <summary>Where the catalogue stands.</summary>
internal static class ConfigFolder
{
    public const string Variable = "UPGRADEOPS_CONFIG";

    /// <summary>The face's choice, else the environment's, else the machine's folder for root and the user's for everybody else. Absolute.</summary>
    public static string Of(EngineOptions options) => Path.GetFullPath(
        Given(options.ConfigFolder) ?? Given(Environment.GetEnvironmentVariable(Variable)) ?? Default());

    private static string Default()
    {
        if (OperatingSystem.IsWindows())
            return Path.Combine(Folder(Environment.SpecialFolder.ApplicationData), "UpgradeOps");
        if (Environment.IsPrivilegedProcess)
            return "/etc/upgradeops";

        // A relative one is invalid and to be ignored, says the specification of these folders.
        var xdg = Given(Environment.GetEnvironmentVariable("XDG_CONFIG_HOME"));
        var config = xdg is not null && Path.IsPathRooted(xdg) ? xdg : Path.Combine(Folder(Environment.SpecialFolder.UserProfile), ".config");
        return Path.Combine(config, "upgradeops");
    }

    private static string Folder(Environment.SpecialFolder folder)
    {
        var path = Environment.GetFolderPath(folder);
        return path.Length > 0 ? path : throw new AppException(ErrorIds.StateNotWritable, "This account has no home folder to keep the catalogue in.", null, $"Set {Variable} to a folder.");
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
