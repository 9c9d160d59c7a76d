using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class MigrateCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();
    private readonly Option<bool> whatIf = new("--what-if") { Description = "Show what is pending and change nothing." };
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask." };

    public MigrateCommand()
        : base("migrate", "Applies the pending migrations of the version that is installed, by the declared command, after a backup.")
    {
        Arguments.Add(name);
        Options.Add(whatIf);
        Options.Add(yes);
    }

    public override async Task<int> RunAsync(Verb verb)
    {
        var run = new RunMigrations(verb.ShowingSession());
        var app = verb.Get(name);
        var plan = await run.PlanAsync(app, verb.Stop);
        if (verb.Get(whatIf))
            return Transactions.WhatIf(verb, plan);
        return Transactions.Ask(verb, plan, verb.Get(yes)) == Consent.Refused
            ? ExitCodes.Refused
            : Transactions.End(verb, await run.RunAsync(app, verb.Stop));
    }
}
