using System.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Cli.CommandLine;

/// <summary>What a verb works with once its command line was understood.</summary>
internal sealed class Verb(ParseResult parsed, GlobalOptions globals, Screen screen, CancellationToken stop)
{
    public ParseResult Parsed { get; } = parsed;

    public Screen Screen { get; } = screen;

    /// <summary>Cancelled by the first Ctrl+C.</summary>
    public CancellationToken Stop { get; } = stop;

    public EngineSession Session(IProgressSink? progress = null) => new(new EngineOptions
    {
        ConfigFolder = FullPath(Parsed.GetValue(globals.ConfigFolder)),
        StateFolder = FullPath(Parsed.GetValue(globals.StateFolder)),
        Face = "console",
        Progress = progress ?? NoProgress.Instance,
    });

    /// <summary>A session that shows what it does, in the style that was asked for.</summary>
    public EngineSession ShowingSession() => Session(Screen.Progress(Parsed.GetValue(globals.Progress)));

    public T Get<T>(Argument<T> argument) => Parsed.GetRequiredValue(argument);

    public T? Get<T>(Option<T> option) => Parsed.GetValue(option);

    private static string? FullPath(string? path) => path is null ? null : Path.GetFullPath(path);
}
