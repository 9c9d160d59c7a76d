using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class ReleasesCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();

    public ReleasesCommand()
        : base("releases", "Lists the versions that exist, newest first.") => Arguments.Add(name);

    public override async Task<int> RunAsync(Verb verb)
    {
        var releases = await new ListReleases(verb.Session()).RunAsync(verb.Get(name), verb.Stop);
        verb.Screen.Write(releases, all => TableView.Of(
            all,
            "No release was found.",
            ("Version", r => r.Version),
            ("Tag", r => r.Tag),
            ("Published", r => Units.Moment(r.PublishedAt)),
            ("Size", r => r.SizeBytes is { } size ? Units.Bytes(size) : ""),
            ("Known bad or taken back", r => Units.Short(r.KnownBad ?? r.TakenBack)),
            ("Source", r => r.Source)));
        return ExitCodes.Ok;
    }
}
