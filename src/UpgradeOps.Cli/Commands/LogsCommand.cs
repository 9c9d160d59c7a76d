using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class LogsCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();
    private readonly Option<int> tail = new("--tail", "-n") { Description = "How many lines of each instance to begin with.", DefaultValueFactory = _ => 100 };
    private readonly Option<bool> follow = new("--follow", "-f") { Description = "Go on with what is written from now on." };

    public LogsCommand()
        : base("logs", "Shows what an application wrote.")
    {
        Arguments.Add(name);
        Options.Add(tail);
        Options.Add(follow);
    }

    public override async Task<int> RunAsync(Verb verb)
    {
        try
        {
            await foreach (var line in new ReadLogs(verb.Session()).RunAsync(verb.Get(name), verb.Get(tail), verb.Get(follow), verb.Stop))
                verb.Screen.WriteLine(line, l => $"{(l.At is { } at ? Units.Moment(at) + "  " : "")}{l.Instance}  {l.Message}");
        }
        catch (OperationCanceledException) when (verb.Get(follow))
        {
            // Ctrl+C is how following ends.
        }

        return ExitCodes.Ok;
    }
}
