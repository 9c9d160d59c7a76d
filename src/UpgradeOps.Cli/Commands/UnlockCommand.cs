using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class UnlockCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();
    private readonly Option<bool> force = new("--force") { Description = "Also when its owner may still live." };

    public UnlockCommand()
        : base("unlock", "Frees the lock of an owner that is gone.")
    {
        Arguments.Add(name);
        Options.Add(force);
    }

    public override async Task<int> RunAsync(Verb verb)
    {
        await new BreakLock(verb.Session()).RunAsync(verb.Get(name), verb.Get(force), verb.Stop);
        return ExitCodes.Ok;
    }
}
