using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class ResumeCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();
    private readonly Option<string?> operation = new("--operation-id") { Description = "The operation to go on with; the newest when it is left out.", HelpName = "id" };
    private readonly Option<bool> force = new("--force") { Description = "Do a step again of which nobody can know whether it took effect." };

    public ResumeCommand()
        : base("resume", "Goes on with an operation that was stopped or killed in the middle.")
    {
        Arguments.Add(name);
        Options.Add(operation);
        Options.Add(force);
    }

    public override async Task<int> RunAsync(Verb verb)
    {
        var options = new ResumeOptions { Name = verb.Get(name), OperationId = verb.Get(operation), Force = verb.Get(force) };
        return Transactions.End(verb, await new ResumeUpdate(verb.ShowingSession()).RunAsync(options, verb.Stop));
    }
}
