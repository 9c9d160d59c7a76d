using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class UnregisterCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();

    public UnregisterCommand()
        : base("unregister", "Forgets an application; the application, its state and its backups stay as they are.") => Arguments.Add(name);

    public override async Task<int> RunAsync(Verb verb)
    {
        verb.Screen.Write(await new UnregisterApp(verb.Session()).RunAsync(verb.Get(name), verb.Stop), AppView.Of);
        return ExitCodes.Ok;
    }
}
