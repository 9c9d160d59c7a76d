using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class RestoreCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();
    private readonly Option<string?> backup = new("--backup-id") { Description = "The backup; the newest when it is left out.", HelpName = "id" };
    private readonly Option<string?> file = new("--file") { Description = "What another tool made instead of a backup: a dump (.sql, .sql.gz, .dump, a folder of pg_dump -Fd, text of pg_dumpall) or files (.tar.gz).", HelpName = "path" };
    private readonly Option<string?> database = new("--database") { Description = "The declared database that --file goes into; needed when there are several.", HelpName = "name" };
    private readonly Option<string?> source = new("--source") { Description = "Only this source of the backup (database:main, volume:uploads, folder:data, files); of --file, what it goes into.", HelpName = "source" };
    private readonly Option<string?> beside = new("--as") { Description = "Restore beside the live data, under its names with this behind them, and touch nothing live.", HelpName = "name" };
    private readonly Option<bool> force = new("--force") { Description = "Yes to losing what was written since the backup. What is live now is kept aside all the same." };
    private readonly Option<bool> whatIf = new("--what-if") { Description = "Show what would be replaced and change nothing." };

    public RestoreCommand()
        : base("restore", "Restores the data of a backup; what is live now is kept aside.")
    {
        Arguments.Add(name);
        Options.Add(backup);
        Options.Add(file);
        Options.Add(database);
        Options.Add(source);
        Options.Add(beside);
        Options.Add(force);
        Options.Add(whatIf);
        Validators.Add(result =>
        {
            if (result.GetValue(backup) is not null && result.GetValue(file) is not null)
                result.AddError("--backup-id and --file say two things: give one of them.");
        });
    }

    public override async Task<int> RunAsync(Verb verb)
    {
        var restore = new RestoreBackup(verb.ShowingSession());
        var options = new RestoreOptions
        {
            Name = verb.Get(name),
            BackupId = verb.Get(backup),
            Path = verb.Get(file) is { } path ? Path.GetFullPath(path) : null,
            Database = verb.Get(database),
            Source = verb.Get(source),
            As = verb.Get(beside),
            Force = verb.Get(force),
        };
        var plan = await restore.PlanAsync(options, verb.Stop);
        if (verb.Get(whatIf))
            return Transactions.WhatIf(verb, plan);

        // Who read what would be lost and said yes has accepted it; a script accepts it with --force only.
        var consent = Transactions.Ask(verb, plan, verb.Get(force));
        return consent == Consent.Refused
            ? ExitCodes.Refused
            : Transactions.End(verb, await restore.RunAsync(options with { Force = options.Force || consent == Consent.Given }, verb.Stop));
    }
}
