using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class AppsCommand() : VerbCommand("apps", "Lists the registered applications.")
{
    public override async Task<int> RunAsync(Verb verb)
    {
        verb.Screen.Write(await new ListApps(verb.Session()).RunAsync(verb.Stop), AppView.Of);
        return ExitCodes.Ok;
    }
}
