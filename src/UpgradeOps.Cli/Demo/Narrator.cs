using Spectre.Console;
using UpgradeOps.Cli.Output;

namespace UpgradeOps.Cli.Demo;

/// <summary>Tells the demo to people, and keeps what was claimed.</summary>
internal sealed class Narrator(Screen screen)
{
    private readonly List<Claim> claims = [];

    public IReadOnlyList<Claim> Claims => claims;

    public void Act(string title)
    {
        screen.Tell("");
        screen.Tell($"[bold blue]{Markup.Escape(title)}[/]");
    }

    public void Say(string text) => screen.Tell($"[grey]         {Markup.Escape(text)}[/]");

    /// <returns>Whether it holds.</returns>
    public bool Check(string claim, bool holds, string? seen = null)
    {
        claims.Add(new Claim(claim, holds, seen));
        var addition = seen is null ? "" : $"  [grey]({Markup.Escape(seen)})[/]";
        screen.Tell($"{(holds ? "[green]    holds[/]" : "[bold red]    FAILS[/]")} {Markup.Escape(claim)}{addition}");
        return holds;
    }
}
