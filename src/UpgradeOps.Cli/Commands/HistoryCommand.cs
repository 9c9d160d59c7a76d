using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class HistoryCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();

    public HistoryCommand()
        : base("history", "Lists what was done to an application, newest first.") => Arguments.Add(name);

    public override async Task<int> RunAsync(Verb verb)
    {
        var history = await new GetHistory(verb.Session()).RunAsync(verb.Get(name), verb.Stop);
        verb.Screen.Write(history, all => TableView.Of(
            all,
            "Nothing was done yet.",
            ("Operation", h => h.OperationId),
            ("Kind", h => h.Kind.ToString()),
            ("Status", h => h.Status?.ToString() ?? "open"),
            ("From", h => h.From),
            ("To", h => h.To),
            ("Took", h => Units.Duration(h.DurationSeconds)),
            ("Outage", h => h.OutageSeconds is { } outage ? Units.Duration(outage) : ""),
            ("By", h => h.By),
            ("Reason", h => Units.Short(h.Reason))));
        return ExitCodes.Ok;
    }
}
