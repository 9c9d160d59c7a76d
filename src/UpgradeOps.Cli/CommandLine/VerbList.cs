using System.CommandLine;
using UpgradeOps.Cli.Commands;

namespace UpgradeOps.Cli.CommandLine;

/// <summary>Every verb of the console: a new one is one class and one line here.</summary>
internal static class VerbList
{
    public static IReadOnlyList<VerbCommand> All() =>
    [
        new RegisterCommand(),
        new AppsCommand(),
        new UnregisterCommand(),
        new StatusCommand(),
        new ReleasesCommand(),
        new HealthCommand(),
        new SmokeCommand(),
        new PlanCommand(),
        new RehearseCommand(),
        new UpdateCommand(),
        new UndoCommand(),
        new ResumeCommand(),
        new BackupCommand(),
        new BackupsCommand(),
        new ProveCommand(),
        new RestoreCommand(),
        new RemoveBackupCommand(),
        new HistoryCommand(),
        new LogsCommand(),
        new LockCommand(),
        new MigrationsCommand(),
        new MigrateCommand(),
        new UndoMigrationCommand(),
        new UnlockCommand(),
        new UnblockCommand(),
        new SchemaCommand(),
        new DemoCommand(),
    ];
}

/// <summary>One verb: its options and what it does.</summary>
internal abstract class VerbCommand(string name, string description) : Command(name, description)
{
    /// <returns>An exit code of <see cref="ExitCodes"/>.</returns>
    public abstract Task<int> RunAsync(Verb verb);

    protected static Argument<string> NameArgument() => new("name") { Description = "A registered application, or the path of a definition." };
}
