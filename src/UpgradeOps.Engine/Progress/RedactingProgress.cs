using UpgradeOps.Engine.Apps.Secrets;

namespace UpgradeOps.Engine.Progress;

/// <summary>Passes on what happens without the secrets that an application is known to have.</summary>
internal sealed class RedactingProgress(IProgressSink sink, Redaction redaction) : IProgressSink
{
    public void Report(ProgressEvent progress) => sink.Report(progress with { Message = redaction.Clean(progress.Message) });
}
