using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class ProveCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();
    private readonly Argument<string> backup = new("backup") { Description = "The backup's id." };
    private readonly Option<ProofLevel> level = new("--level")
    {
        Description = "How far; restore is into a scratch place.",
        HelpName = "checksum|structure|restore",
        DefaultValueFactory = _ => ProofLevel.Restore,
    };

    public ProveCommand()
        : base("prove", "Proves that a backup can be restored, and records the proof with it.")
    {
        Arguments.Add(name);
        Arguments.Add(backup);
        Options.Add(level);
    }

    public override async Task<int> RunAsync(Verb verb)
    {
        var proved = await new ProveBackup(verb.ShowingSession()).RunAsync(verb.Get(name), verb.Get(backup), verb.Get(level), verb.Stop);
        verb.Screen.Write(proved, BackupView.Of);
        return ExitCodes.Ok;
    }
}
