using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class MigrationsCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();
    private readonly Option<string?> release = new("--release") { Description = "A release that is here, to see whether it fits the database; the one that runs when it is left out.", HelpName = "version" };

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
