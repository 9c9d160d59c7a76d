using System.Runtime.InteropServices;
using UpgradeOps.Cli.Output;

namespace UpgradeOps.Cli.CommandLine;

/// <summary>The first Ctrl+C (or SIGTERM, SIGHUP) asks to stop at the next safe point; the second ends the process at once.</summary>
internal sealed class StopRequest : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly Screen screen;
    private int asked;

    public StopRequest(Screen screen)
    {
        this.screen = screen;
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
            registrations.Add(PosixSignalRegistration.Create(signal, Ask));
    }

    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
        source.Dispose();
    }

    private void Ask(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref asked) > 1)
            Environment.Exit(ExitCodes.Interrupted);
        screen.Note("Stopping at the next safe point; once more to end at once (resume or undo can go on then).");
        source.Cancel();
    }
}
