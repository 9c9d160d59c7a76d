using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class BackupCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();

    private readonly Option<bool> keep = new("--keep") { Description = "Retention never removes it." };

    public BackupCommand()
        : base("backup", "Backs up what the definition declares.")
    {
        Arguments.Add(name);
        Options.Add(keep);
    }

    public override async Task<int> RunAsync(Verb verb)
    {
        verb.Screen.Write(await new BackupApp(verb.ShowingSession()).RunAsync(verb.Get(name), verb.Stop, verb.Get(keep)), BackupView.Of);
        return ExitCodes.Ok;
    }
}
