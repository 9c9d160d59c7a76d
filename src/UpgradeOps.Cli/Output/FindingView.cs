using Spectre.Console;
using Spectre.Console.Rendering;

namespace UpgradeOps.Cli.Output;

/// <summary>Findings, the gravest first.</summary>
internal static class FindingView
{
    public static IRenderable Of(IEnumerable<Finding> findings) => new Rows(findings.OrderByDescending(f => f.Severity).SelectMany(Lines));

    private static IEnumerable<IRenderable> Lines(Finding finding)
    {
        var colour = finding.Severity switch
        {
            FindingSeverity.Blocker => "red",
            FindingSeverity.Warning => "yellow",
            _ => "grey",
        };
        yield return new Markup($"[{colour}]{finding.Severity.ToString().ToLowerInvariant()}:[/] {Markup.Escape(finding.Message)} [grey]({Markup.Escape(finding.ErrorId)})[/]");
        if (finding.RecommendedAction is { Length: > 0 } next)
            yield return new Markup($"  [green]next:[/] {Markup.Escape(CommandWords.ForConsole(next))}");
    }
}
