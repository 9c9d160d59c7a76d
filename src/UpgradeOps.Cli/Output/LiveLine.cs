using Spectre.Console;

namespace UpgradeOps.Cli.Output;

/// <summary>The line that tells what goes on right now, rewritten in place; where nothing can be rewritten, nothing is shown.</summary>
internal sealed class LiveLine(IAnsiConsole console, TimeProvider time)
{
    private const string EraseLine = "\u001b[2K\r";

    /// <summary>More often nobody can read it.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private bool shown;
    private long last;

    private bool IsPossible => console.Profile.Capabilities.Ansi && console.Profile.Out.IsTerminal;

    public void Show(string text)
    {
        if (!IsPossible || (shown && time.GetElapsedTime(last) < Pause))
            return;
        last = time.GetTimestamp();
        shown = true;
        var room = Math.Max(10, console.Profile.Width - 14);
        var line = text.ReplaceLineEndings(" ");
        console.Markup($"[grey]         … {Markup.Escape(line.Length > room ? line[..room] : line)}[/]");
    }

    public void Clear()
    {
        if (!shown)
            return;
        console.Profile.Out.Writer.Write(EraseLine);
        shown = false;
    }
}
