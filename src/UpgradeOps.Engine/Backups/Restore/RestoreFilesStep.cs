using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>Puts back one configuration file. What stood there is kept with the operation first.</summary>
internal sealed class RestoreFilesStep(PlannedStep planned, RestoreParts parts) : Step(planned)
{
    private const string KeptName = "before";
    private const string WasMissing = "wasMissing";
    private const int PrivateFile = 0b110_000_000;

    private string Live => Input(RestoreSteps.Target);

    public override async Task<StepState> ObserveAsync(StepContext context, CancellationToken cancellationToken)
    {
        var now = await parts.Host.Files.ReadAsync(Live, cancellationToken).ConfigureAwait(false);
        var wanted = await WantedAsync(cancellationToken).ConfigureAwait(false);
        return now is not null && now.AsSpan().SequenceEqual(wanted) ? StepState.Done : StepState.NotDone;
    }

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var wanted = await WantedAsync(cancellationToken).ConfigureAwait(false);
        if (await parts.Host.Files.ReadAsync(Live, cancellationToken).ConfigureAwait(false) is { } now)
            await context.KeepAsync(KeptName, now, cancellationToken).ConfigureAwait(false);
        else
            await context.RecordAsync(WasMissing, "true", cancellationToken).ConfigureAwait(false);
        await parts.Host.Files.WriteAtomicAsync(Live, wanted, PrivateFile, cancellationToken).ConfigureAwait(false);
    }

    public override async Task UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (await context.KeptAsync(KeptName, cancellationToken).ConfigureAwait(false) is { } before)
            await parts.Host.Files.WriteAtomicAsync(Live, before, PrivateFile, cancellationToken).ConfigureAwait(false);
        else if (context.Outputs.ContainsKey(WasMissing))
            await parts.Host.Files.DeleteAsync(Live, cancellationToken).ConfigureAwait(false);
    }

    private async Task<byte[]> WantedAsync(CancellationToken cancellationToken)
    {
        var file = parts.File(Input(RestoreSteps.FromBackup), Input(RestoreSteps.File));
        await file.VerifyAsync(cancellationToken).ConfigureAwait(false);
        var content = await file.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            var bytes = new byte[content.Length];
            await content.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
            return bytes;
        }
    }
}
