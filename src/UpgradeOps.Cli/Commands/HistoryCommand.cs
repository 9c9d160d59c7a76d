using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class HistoryCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();
    private readonly Option<string?> operation = new("--operation-id") { Description = "Only this operation, with everything that is known of it; * and ? stand for others.", HelpName = "id" };
    private readonly Option<int?> last = new("--last") { Description = "At most so many.", HelpName = "n" };
    private readonly Option<DateTimeOffset?> since = new("--since") { Description = "Begun at this moment or later, such as 2026-11-21 or 2026-11-21T08:00Z.", HelpName = "moment" };
    private readonly Option<UpdateStatus[]> status = new("--status")
    {
        Description = "Ended like this; interrupted also finds what a dead process left open.",
        HelpName = "kept|undone|interrupted|needsattention|refused",
        AllowMultipleArgumentsPerToken = true,
    };

    public HistoryCommand()
        : base("history", "Lists what was done to an application, and what was refused, newest first: who, from where, what, when, how long, how it ended.")
    {
        Arguments.Add(name);
        Options.Add(operation);
        Options.Add(last);
        Options.Add(since);
        Options.Add(status);
        Validators.Add(result =>
        {
            if (result.GetValue(last) is < 1)
                result.AddError("--last takes a number from 1.");
        });
    }

    public override async Task<int> RunAsync(Verb verb)
    {
        var filter = new HistoryFilter { OperationId = verb.Get(operation), Last = verb.Get(last), Since = verb.Get(since), Status = verb.Get(status) ?? [] };
        var history = await new GetHistory(verb.Session()).RunAsync(verb.Get(name), verb.Stop, filter);
        verb.Screen.Write(history, all => filter.OperationId is not null && all.Count == 1 ? HistoryView.Of(all[0]) : HistoryView.Of(all));
        return ExitCodes.Ok;
    }
}
