using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class MigrationsCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();
    private readonly Option<string?> release = new("--release") { Description = "A release, to see what it would apply and whether it fits the database: one that is here, or a version, tag, commit or channel of a git repository; the one that runs when it is left out.", HelpName = "version" };

    public MigrationsCommand()
        : base("migrations", "Lists the migrations of an application's database, held against a release.")
    {
        Arguments.Add(name);
        Options.Add(release);
    }

    public override async Task<int> RunAsync(Verb verb)
    {
        verb.Screen.Write(await new ListMigrations(verb.Session()).RunAsync(verb.Get(name), verb.Get(release), verb.Stop), MigrationView.Of);
        return ExitCodes.Ok;
    }
}
