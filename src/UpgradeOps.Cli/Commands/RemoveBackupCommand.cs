using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class RemoveBackupCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();
    private readonly Argument<string?> backup = new("backup") { Description = "The backup's id.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> expired = new("--expired") { Description = "All that the definition's retention keeps no longer, instead of one." };
    private readonly Option<bool> force = new("--force") { Description = "Also one that something relies on." };
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask." };
    private readonly Option<bool> whatIf = new("--what-if") { Description = "Show what would be removed and what is kept, each with its reason, and change nothing." };

    public RemoveBackupCommand()
        : base("remove-backup", "Removes a backup for good, or all that have expired.")
    {
        Arguments.Add(name);
        Arguments.Add(backup);
        Options.Add(expired);
        Options.Add(force);
        Options.Add(yes);
        Options.Add(whatIf);
        Validators.Add(result =>
        {
            if (result.GetValue(backup) is not null == result.GetValue(expired))
                result.AddError("Give the id of a backup, or --expired.");
        });
    }

    public override async Task<int> RunAsync(Verb verb)
    {
        var options = new RemoveOptions
        {
            Name = verb.Get(name),
            BackupId = verb.Parsed.GetValue(backup),
            Expired = verb.Get(expired),
            Force = verb.Get(force),
        };
        var remove = new RemoveBackups(verb.ShowingSession());
        var judged = await remove.JudgeAsync(options, verb.Stop);
        if (verb.Get(whatIf))
        {
            verb.Screen.Write(judged, BackupView.Judged);
            return ExitCodes.Ok;
        }

        if (!options.Force && !verb.Get(yes) && verb.Screen is { IsInteractive: true, Json: false } && !(options.Expired && judged.All(b => b.Retention is not { Expired: true })))
        {
            verb.Screen.Show(BackupView.Judged(judged));
            if (!verb.Screen.Confirm(options.Expired ? "Remove those that have expired for good?" : "Remove it for good?"))
                return ExitCodes.Refused;
        }

        verb.Screen.Write(await remove.RunAsync(options, verb.Stop), BackupView.Removed);
        return ExitCodes.Ok;
    }
}
