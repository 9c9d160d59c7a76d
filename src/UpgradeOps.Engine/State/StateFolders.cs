using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Engine.State;

/// <summary>Where an application's state stands when its definition does not say.</summary>
internal static class StateFolders
{
    public const string Variable = "UPGRADEOPS_STATE";

    public static string Of(string name, string? declared, EngineOptions options) =>
        declared ?? Path.Combine(Root(options), name);

    /// <summary>
    /// Names the folder of backups when the state is a database or on another machine. It is written into the journal with the definition, so that whoever
    /// resumes the operation, as another user or with another default, looks in the same place.
    /// </summary>
    public static AppDefinition Settle(AppDefinition definition, EngineOptions options) =>
        definition.State is { Backups: null } state && (state.PostgreSql ?? (object?)state.Host) is not null
            ? definition with { State = state with { Backups = Path.Combine(Of(definition.Name, null, options), "backups") } }
            : definition;

    private static string Root(EngineOptions options)
    {
        if (options.StateFolder is { } chosen)
        {
            return Path.GetFullPath(chosen);
        }

        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set)
        {
            return Path.GetFullPath(set);
        }

        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
        {
            return "/var/lib/upgradeops";
        }

        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        if (!OperatingSystem.IsWindows())
        {
            return Path.Combine(
                state is { Length: > 0 } ? state : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state"),
                "upgradeops");
        }

        var folder = Environment.IsPrivilegedProcess ? Environment.SpecialFolder.CommonApplicationData : Environment.SpecialFolder.LocalApplicationData;
        return Path.Combine(Environment.GetFolderPath(folder), "UpgradeOps");
    }
}
