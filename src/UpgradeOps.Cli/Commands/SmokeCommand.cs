using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class SmokeCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();

    public SmokeCommand()
        : base("smoke", "Runs an application's smoke tests on the version that runs.") => Arguments.Add(name);

    public override async Task<int> RunAsync(Verb verb)
    {
        var report = await new TestApp(verb.Session()).RunAsync(verb.Get(name), verb.Stop);
        verb.Screen.Write(report, SmokeView.Of);
        return report.Passed ? ExitCodes.Ok : ExitCodes.Error;
    }
}
