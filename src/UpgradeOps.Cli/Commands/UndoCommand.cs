using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class UndoCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();
    private readonly Option<string?> operation = new("--operation-id") { Description = "The operation to take back; the newest when it is left out.", HelpName = "id" };
    private readonly Option<DataPolicy?> data = new("--data") { Description = "What becomes of the data when migrations were applied.", HelpName = "keep|restore|stop" };
    private readonly Option<bool> force = new("--force") { Description = "Yes to restoring the backup over migrated data (what --data restore needs; alone it means that). What is live now is backed up and kept aside all the same." };
    private readonly Option<bool> whatIf = new("--what-if") { Description = "Show the plan and change nothing." };
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask." };

    public UndoCommand()
        : base("undo", "Takes an update back: to the version, the configuration and, if so chosen, the data from before it.")
    {
        Arguments.Add(name);
        Options.Add(operation);
        Options.Add(data);
        Options.Add(force);
        Options.Add(whatIf);
        Options.Add(yes);
    }

    public override async Task<int> RunAsync(Verb verb)
    {
        var undo = new UndoUpdate(verb.ShowingSession());
        var options = new UndoOptions { Name = verb.Get(name), OperationId = verb.Get(operation), Data = verb.Get(data), Force = verb.Get(force) };
        if (verb.Get(whatIf))
            return Transactions.WhatIf(verb, await undo.PlanAsync(options, verb.Stop));
        // Who read which rows would leave the live data and said yes has accepted it; a script accepts it with --force only.
        var consent = verb.Screen.IsInteractive ? Transactions.Ask(verb, await undo.PlanAsync(options, verb.Stop), verb.Get(yes)) : Consent.NotAsked;
        return consent == Consent.Refused
            ? ExitCodes.Refused
            : Transactions.End(verb, await undo.RunAsync(options with { Force = options.Force || consent == Consent.Given }, verb.Stop));
    }
}
