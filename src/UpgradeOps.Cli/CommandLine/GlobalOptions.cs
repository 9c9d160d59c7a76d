using System.CommandLine;
using UpgradeOps.Cli.Output;

namespace UpgradeOps.Cli.CommandLine;

/// <summary>Options that every verb takes.</summary>
internal sealed class GlobalOptions
{
    public Option<bool> Json { get; } = new("--json") { Description = "Write JSON instead of tables; progress goes to standard error.", Recursive = true };

    public Option<ProgressStyle?> Progress { get; } = new("--progress")
    {
        Description = "How to show progress: json is one event a line on standard error.",
        HelpName = "text|json|none",
        Recursive = true,
    };

    public Option<string?> ConfigFolder { get; } = new("--config-folder")
    {
        Description = "Folder of the registered applications (default: UPGRADEOPS_CONFIG, else the user's or, as root, the machine's).",
        HelpName = "folder",
        Recursive = true,
    };

    public Option<string?> StateFolder { get; } = new("--state-folder")
    {
        Description = "Parent folder of each application's state (default: UPGRADEOPS_STATE, else /var/lib/upgradeops as root, else the user's).",
        HelpName = "folder",
        Recursive = true,
    };

    public void AddTo(Command root)
    {
        root.Options.Add(Json);
        root.Options.Add(Progress);
        root.Options.Add(ConfigFolder);
        root.Options.Add(StateFolder);
    }
}
