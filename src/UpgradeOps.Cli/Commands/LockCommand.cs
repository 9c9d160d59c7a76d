using System.CommandLine;
using Spectre.Console;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class LockCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();

    public LockCommand()
        : base("lock", "Tells who works on an application now.") => Arguments.Add(name);

    public override async Task<int> RunAsync(Verb verb)
    {
        var held = await new GetLock(verb.Session()).RunAsync(verb.Get(name), verb.Stop);
        verb.Screen.Write(held, h => h is null
            ? new Markup($"Nobody works on {Markup.Escape(verb.Get(name))} now.")
            : TableView.Facts(
                ("Held for", h.Purpose),
                ("By", $"{h.User}@{h.Machine}, process {h.ProcessId}"),
                ("Alive", Units.YesNo(h.OwnerAlive)),
                ("Since", Units.Moment(h.TakenAt)),
                ("Expires", Units.Moment(h.ExpiresAt)),
                ("Fence", $"{h.Fence}")));
        return ExitCodes.Ok;
    }
}
