using Spectre.Console;
using Spectre.Console.Rendering;

namespace UpgradeOps.Cli.Output;

/// <summary>An error for a person: what is wrong, with what, and what to do next.</summary>
internal static class ErrorView
{
    public static IRenderable Of(AppError error)
    {
        var lines = new List<IRenderable> { Line("error:", error.Message, "bold red") };
        if (error.Target is { Length: > 0 } target)
            lines.Add(Line("target:", target, "grey"));
        if (error.RecommendedAction is { Length: > 0 } next)
            lines.Add(Line("next:", CommandWords.ForConsole(next), "green"));
        lines.Add(Line("id:", error.ErrorId, "grey"));
        return new Rows(lines);
    }

    private static IRenderable Line(string label, string text, string style) =>
        new Markup($"[{style}]{label}[/] {Markup.Escape(text)}");
}
