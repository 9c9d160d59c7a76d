using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class UnblockCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();
    private readonly Argument<string> version = new("version") { Description = "The version, or its digest." };

    public UnblockCommand()
        : base("unblock", "Forgets that a version failed here, so that it is offered again.")
    {
        Arguments.Add(name);
        Arguments.Add(version);
    }

    public override async Task<int> RunAsync(Verb verb)
    {
        var forgotten = await new ForgetBad(verb.Session()).RunAsync(verb.Get(name), verb.Get(version), verb.Stop);
        verb.Screen.Write(forgotten, all => TableView.Of(
            all, "", ("Forgotten", b => b.Version), ("Digest", b => Units.ShortDigest(b.Digest)), ("Failed", b => Units.Moment(b.At)), ("Reason", b => Units.Short(b.Reason))));
        return ExitCodes.Ok;
    }
}
