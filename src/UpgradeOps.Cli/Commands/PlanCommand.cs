using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class PlanCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();
    private readonly TargetOptions target = new();

    public PlanCommand()
        : base("plan", "Shows exactly what an update would do; with --json it is a plan that update --plan runs.")
    {
        Arguments.Add(name);
        target.AddTo(this);
    }

    public override async Task<int> RunAsync(Verb verb)
    {
        var plan = await new PlanUpdate(verb.Session()).RunAsync(target.Read(verb, verb.Get(name)), verb.Stop);
        verb.Screen.Write(plan, PlanView.Of);
        return ExitCodes.Ok;
    }
}
