using Spectre.Console;
using Spectre.Console.Rendering;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Cli.Output;

/// <summary>Standard output for results, standard error for everything else.</summary>
internal sealed class Screen
{
    /// <summary>A pipe has no width; a table in it should not be folded as if it had.</summary>
    private const int PipeWidth = 1000;

    private readonly IAnsiConsole output = Create(Console.Out, Console.IsOutputRedirected);
    private readonly IAnsiConsole error = Create(Console.Error, Console.IsErrorRedirected);

    public Screen(bool json) => Json = json;

    public bool Json { get; }

    /// <summary>True when somebody sits there who can be asked.</summary>
    public bool IsInteractive { get; } = !Console.IsInputRedirected && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("CI") is null;

    /// <summary>The result: as JSON for scripts, in its own view for people.</summary>
    public void Write<T>(T value, Func<T, IRenderable> view)
    {
        if (Json)
            Console.Out.WriteLine(EngineJson.Write(value, indented: true));
        else
            Render(view(value));
    }

    /// <summary>One of many results that come one by one: a JSON object a line, or a line of text.</summary>
    public void WriteLine<T>(T value, Func<T, string> text) => Console.Out.WriteLine(Json ? EngineJson.Write(value) : text(value));

    /// <summary>For people only.</summary>
    public void Show(IRenderable view)
    {
        if (!Json)
            Render(view);
    }

    /// <summary>What goes on, for people: where progress goes.</summary>
    public void Tell(string markup) => (Json ? error : output).MarkupLine(markup);

    public void Note(string text) => error.WriteLine(text);

    public void Error(AppError failure) => error.Write(ErrorView.Of(failure));

    public bool Confirm(string question) => output.Prompt(new ConfirmationPrompt(Markup.Escape(question)) { DefaultValue = false });

    /// <summary>Where the engine tells what it does: among the results for people, beside them for scripts.</summary>
    public IProgressSink Progress(ProgressStyle? style) => style switch
    {
        ProgressStyle.None => NoProgress.Instance,
        ProgressStyle.Json => new JsonProgress(Console.Error),
        _ => Json ? new Timeline(error, TimeProvider.System) : new Timeline(output, TimeProvider.System),
    };

    /// <summary>In a pipe without the spaces with which a table fills its lines.</summary>
    private void Render(IRenderable view)
    {
        if (!Console.IsOutputRedirected)
        {
            output.Write(new Rows(view));
            return;
        }

        using var text = new StringWriter();
        Create(text, redirected: true).Write(new Rows(view));
        foreach (var line in text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
            Console.Out.WriteLine(line.TrimEnd());
    }

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (redirected)
            console.Profile.Width = PipeWidth;
        return console;
    }
}
