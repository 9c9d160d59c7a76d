using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class RehearseCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();
    private readonly TargetOptions target = new();
    private readonly Option<bool> whatIf = new("--what-if") { Description = "Show what would be done and change nothing." };

    public RehearseCommand()
        : base("rehearse", "Tries an update on a restored copy of the data, beside the live application, and tells what would fail and how long it would take.")
    {
        Arguments.Add(name);
        target.AddTo(this);
        Options.Add(whatIf);
    }

    public override async Task<int> RunAsync(Verb verb)
    {
        var rehearse = new RehearseUpdate(verb.ShowingSession());
        var options = target.Read(verb, verb.Get(name));
        if (verb.Get(whatIf))
            return Transactions.WhatIf(verb, await rehearse.PlanAsync(options, verb.Stop));
        var report = await rehearse.RunAsync(options, verb.Stop);
        verb.Screen.Write(report, RehearsalView.Of);
        return report.Passed ? ExitCodes.Ok : ExitCodes.Error;
    }
}
