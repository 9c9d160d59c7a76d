using System.Globalization;
using Spectre.Console;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Cli.Output;

/// <summary>Progress for people: one line for each thing that ended, and in a terminal one more for what goes on.</summary>
internal sealed class Timeline(IAnsiConsole console, TimeProvider time) : IProgressSink
{
    private readonly Lock gate = new();
    private readonly LiveLine live = new(console, time);
    private readonly Dictionary<string, long> begun = new(StringComparer.Ordinal);
    /// <summary>Steps that left nothing to be taken back: that they were passed on the way back is no news.</summary>
    private readonly HashSet<string> harmless = new(StringComparer.Ordinal);

    private long start = time.GetTimestamp();

    public void Report(ProgressEvent progress)
    {
        lock (gate)
        {
            live.Clear();
            switch (progress.Kind)
            {
                case ProgressKind.OperationStarted:
                    start = time.GetTimestamp();
                    harmless.Clear();
                    harmless.UnionWith(progress.Plan?.Steps.Where(s => s.Reversibility is Reversibility.ReadOnly or Reversibility.Additive).Select(s => s.Id) ?? []);
                    if (progress.Plan is { } plan)
                        console.MarkupLine($"[bold]{Text(plan.Name)}[/]  {Text(plan.From.Version ?? "nothing")} {Arrow} {Text(plan.To.Version ?? "?")}  [grey]{plan.Steps.Count} steps, plan {plan.Hash[..8]}[/]");
                    break;
                case ProgressKind.StepStarted or ProgressKind.Undoing when progress.StepId is { } id:
                    begun[id] = time.GetTimestamp();
                    live.Show(progress.Message);
                    break;
                case ProgressKind.Working:
                    live.Show(progress.Message + Units.Progress(progress.BytesDone, progress.BytesTotal));
                    break;
                case ProgressKind.StepDone:
                    Line("green", Sign("✓", "ok"), progress);
                    break;
                case ProgressKind.StepFailed:
                    Line("red", Sign("✗", "!!"), progress);
                    break;
                case ProgressKind.StepUndone when progress.StepId is { } id && !harmless.Contains(id):
                    Line("yellow", Sign("↩", "<-"), progress, "taken back: ");
                    break;
                case ProgressKind.Warning:
                    Line("yellow", "! ", progress);
                    break;
            }
        }
    }

    private string Arrow => Sign("→", "->");

    private string Sign(string unicode, string plain) => console.Profile.Capabilities.Unicode ? unicode : plain;

    private void Line(string colour, string sign, ProgressEvent progress, string introduction = "")
    {
        var since = time.GetElapsedTime(start).TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture).PadLeft(8);
        var took = progress.StepId is { } id && begun.Remove(id, out var began)
            ? $"  [grey]{Units.Duration(time.GetElapsedTime(began).TotalSeconds)}[/]"
            : "";
        console.MarkupLine($"[grey]{since}[/] [{colour}]{sign}[/] {introduction}{Text(progress.Message)}{took}");
    }

    private static string Text(string text) => Markup.Escape(text.ReplaceLineEndings(" "));
}
