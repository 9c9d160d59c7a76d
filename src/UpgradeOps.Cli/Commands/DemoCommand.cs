using UpgradeOps.Cli.CommandLine;

namespace UpgradeOps.Cli.Commands;

internal sealed class DemoCommand() : VerbCommand("demo", "x")
{
    public override Task<int> RunAsync(Verb verb) => Task.FromResult(1);
}
