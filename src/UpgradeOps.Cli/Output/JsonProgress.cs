using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Cli.Output;

/// <summary>Every event as one line of JSON, for a program that shows or watches.</summary>
internal sealed class JsonProgress(TextWriter writer) : IProgressSink
{
    private readonly Lock gate = new();

    public void Report(ProgressEvent progress)
    {
        lock (gate)
        {
            writer.WriteLine(EngineJson.Write(progress));
            writer.Flush();
        }
    }
}
