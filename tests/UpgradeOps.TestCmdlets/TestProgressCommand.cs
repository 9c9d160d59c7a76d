using System.Management.Automation;
using UpgradeOps.Engine.Progress;
using UpgradeOps.PowerShell.Async;

namespace UpgradeOps.TestCmdlets;

/// <summary>Reports progress as fast as it can for a while, as the engine does during a download.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Progress")]
public sealed class TestProgressCommand : AsyncCmdlet
{
    private ProgressWriter? progress;

    [Parameter]
    public int Milliseconds { get; set; } = 1000;

    [Parameter]
    public SwitchParameter Fail { get; set; }

    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        progress = new ProgressWriter(this, TimeProvider.System);
        progress.Report(new ProgressEvent(ProgressKind.StepStarted, "main/compose.pull#1", "Pull the image"));
        var end = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(end).TotalMilliseconds < Milliseconds)
        {
            progress.Report(new ProgressEvent(ProgressKind.Working, "main/compose.pull#1", "Pull the image") { BytesDone = 1, BytesTotal = 2 });
            await Task.Yield();
        }

        progress.Report(new ProgressEvent(ProgressKind.Warning, null, "the disk is nearly full"));
        progress.Report(new ProgressEvent(ProgressKind.Working, "main/compose.pull#1", "the newest"));
        await Task.Delay(300, cancellationToken);
        if (Fail)
            throw new AppException(ErrorIds.PullFailed, "It broke off.", "kmp");
    }

    protected override void WorkEnded() => progress?.Complete();
}
