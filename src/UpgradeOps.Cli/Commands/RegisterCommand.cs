using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class RegisterCommand : VerbCommand
{
    private readonly Argument<string> path = new("path") { Description = "The definition file (YAML)." };
    private readonly Option<bool> force = new("--force") { Description = "Replace a registration of the same name." };

    public RegisterCommand()
        : base("register", "Registers an application by its definition.")
    {
        Arguments.Add(path);
        Options.Add(force);
    }

    public override async Task<int> RunAsync(Verb verb)
    {
        var app = await new RegisterApp(verb.Session()).RunAsync(Path.GetFullPath(verb.Get(path)), verb.Get(force), verb.Stop);
        verb.Screen.Write(app, AppView.Of);
        return ExitCodes.Ok;
    }
}
