using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class UndoMigrationCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();
    private readonly Option<string?> version = new("--version") { Description = "The migration; the newest when it is left out. Only the newest can be taken back.", HelpName = "version" };
    private readonly Option<string?> release = new("--release") { Description = "The release whose scripts are used; the one that runs when it is left out.", HelpName = "version" };
    private readonly Option<string?> script = new("--script") { Description = "A file of SQL that takes it back, instead of the release's own.", HelpName = "path" };
    private readonly Option<bool> force = new("--force") { Description = "Yes to what is lost. A backup is made first all the same." };
    private readonly Option<bool> whatIf = new("--what-if") { Description = "Show the SQL and change nothing." };

    public UndoMigrationCommand()
        : base("undo-migration", "Takes the newest migration of an application's database back, after a backup.")
    {
        Arguments.Add(name);
        Options.Add(version);
        Options.Add(release);
        Options.Add(script);
        Options.Add(force);
        Options.Add(whatIf);
    }

    public override async Task<int> RunAsync(Verb verb)
    {
        var undo = new UndoMigration(verb.ShowingSession());
        var path = verb.Get(script);
        var options = new UndoMigrationOptions
        {
            Name = verb.Get(name),
            Version = verb.Get(version),
            Release = verb.Get(release),
            Script = path is null ? null : UndoMigration.ReadScript(Path.GetFullPath(path)),
            ScriptName = path,
            Force = verb.Get(force),
        };
        var plan = await undo.PlanAsync(options, verb.Stop);
        if (verb.Get(whatIf))
            return Transactions.WhatIf(verb, plan);

        // Who read the SQL and said yes has accepted it; a script accepts it with --force only.
        var consent = Transactions.Ask(verb, plan, verb.Get(force));
        return consent == Consent.Refused
            ? ExitCodes.Refused
            : Transactions.End(verb, await undo.RunAsync(options with { Force = options.Force || consent == Consent.Given }, verb.Stop));
    }
}
