using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class HealthCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();
    private readonly Option<string?> version = new("--version") { Description = "The version that must answer.", HelpName = "version" };
    private readonly Option<double?> wait = new("--wait") { Description = "Ask again until it is healthy, this long at most.", HelpName = "seconds" };

    public HealthCommand()
        : base("health", "Asks an application how it is.")
    {
        Arguments.Add(name);
        Options.Add(version);
        Options.Add(wait);
    }

    public override async Task<int> RunAsync(Verb verb)
    {
        var report = await new WaitHealth(verb.Session())
            .RunAsync(verb.Get(name), verb.Get(version), TimeSpan.FromSeconds(verb.Get(wait) ?? 0), verb.Stop);
        verb.Screen.Write(report, HealthView.Of);
        return report.Healthy ? ExitCodes.Ok : ExitCodes.Error;
    }
}
