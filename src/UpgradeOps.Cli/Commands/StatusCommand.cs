using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class StatusCommand : VerbCommand
{
    private readonly Argument<string?> name = new("name")
    {
        Description = "A registered application, or the path of a definition; all registered ones when it is left out.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public StatusCommand()
        : base("status", "Tells what runs, and whether there is something newer.") => Arguments.Add(name);

    public override async Task<int> RunAsync(Verb verb)
    {
        var session = verb.Session();
        var status = new GetStatus(session);
        if (verb.Parsed.GetValue(name) is { } one)
        {
            verb.Screen.Write(await status.RunAsync(one, verb.Stop), s => StatusView.Of([s]));
            return ExitCodes.Ok;
        }

        var apps = await new ListApps(session).RunAsync(verb.Stop);
        IReadOnlyList<AppStatus> all = await Task.WhenAll(apps.Select(a => status.RunAsync(a.Name, verb.Stop)));
        verb.Screen.Write(all, StatusView.Of);
        return ExitCodes.Ok;
    }
}
