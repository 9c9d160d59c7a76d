using Spectre.Console;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Cli.Tests;

public sealed class TimelineTests
{
    private readonly StringWriter text = new();
    private readonly Timeline timeline;

    public TimelineTests()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = 200;
        timeline = new Timeline(console, TimeProvider.System);
    }

    [Fact]
    public void Ends_are_told_in_one_line_each_and_brackets_are_text()
    {
        Report(ProgressKind.OperationStarted, null, "op", Plan());
        Report(ProgressKind.StepStarted, "a", "Stop [old]");
        Report(ProgressKind.Working, "a", "waiting");
        Report(ProgressKind.StepDone, "a", "Stop [old]");
        Report(ProgressKind.StepFailed, "b", "it\nended [red]badly[/]");

        var lines = Lines();
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("kmp  1.0 ", lines[0]);
        Assert.Matches(@"^ +0\.\d\d \S+ Stop \[old\]  0\.\d\d s$", lines[1]);
        Assert.EndsWith("it ended [red]badly[/]", lines[2]);
    }

    [Fact]
    public void That_a_step_which_changed_nothing_is_taken_back_is_no_news()
    {
        Report(ProgressKind.OperationStarted, null, "op", Plan());
        Report(ProgressKind.StepUndone, "main/health.verify#1", "Wait until it is healthy");
        Report(ProgressKind.StepUndone, "main/service.link#1", "Point current to 1.1");

        var line = Assert.Single(Lines().Skip(1));
        Assert.EndsWith("taken back: Point current to 1.1", line);
    }

    private static UpdatePlan Plan() => new()
    {
        Name = "kmp",
        From = new PlanEndpoint { Version = "1.0" },
        To = new PlanEndpoint { Version = "1.1" },
        Hash = new string('a', 64),
        Steps =
        [
            new PlannedStep { Id = "main/health.verify#1", Kind = "health.verify", Phase = StepPhase.Verify, Description = "" },
            new PlannedStep { Id = "main/service.link#1", Kind = "service.link", Phase = StepPhase.Switch, Description = "", Reversibility = Reversibility.Reversible },
        ],
    };

    private void Report(ProgressKind kind, string? step, string message, UpdatePlan? plan = null) =>
        timeline.Report(new ProgressEvent(kind, step, message) { Plan = plan });

    private string[] Lines() => text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
