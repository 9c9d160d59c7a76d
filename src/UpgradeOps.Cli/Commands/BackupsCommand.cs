using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class BackupsCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();

    public BackupsCommand()
        : base("backups", "Lists an application's backups, newest first.") => Arguments.Add(name);

    public override async Task<int> RunAsync(Verb verb)
    {
        verb.Screen.Write(await new ListBackups(verb.ShowingSession()).RunAsync(verb.Get(name), verb.Stop), BackupView.At(TimeProvider.System.GetUtcNow()));
        return ExitCodes.Ok;
    }
}
