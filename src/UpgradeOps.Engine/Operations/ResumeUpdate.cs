using UpgradeOps.Engine.Updates.Running;

namespace UpgradeOps.Engine.Operations;

/// <summary>Goes on with an operation that was interrupted, in whichever direction it was going. Needs neither definition nor registry.</summary>
public sealed class ResumeUpdate(EngineSession session)
{
    /// <exception cref="AppException"><see cref="ErrorIds.NothingToResume"/>, <see cref="ErrorIds.LockHeld"/>, or a journal that cannot be trusted.</exception>
    public async Task<UpdateResult> RunAsync(ResumeOptions options, CancellationToken cancellationToken)
    {
        var (name, place) = await session.Catalogue.FindStateAsync(options.Name, cancellationToken).ConfigureAwait(false);
        var attempt = new Attempt(name, OperationKind.Update, options.OperationId is { } id ? $"resume {id}" : "resume") { Forced = options.Force };
        return await attempt.RunAsync(session.OpenState(name, place), session.Options, () => GoOnAsync(options, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<UpdateResult> GoOnAsync(ResumeOptions options, CancellationToken cancellationToken)
    {
        var open = await OpenOperation.TakeOverAsync(session, options.Name, options.OperationId, "resume", cancellationToken).ConfigureAwait(false)
            ?? throw new AppException(ErrorIds.NothingToResume, $"No operation on {options.Name} waits to be resumed.", options.Name);
        await using (open.ConfigureAwait(false))
        {
            await open.Transaction.NoteContinuationAsync("resume", options.Force).ConfigureAwait(false);
            return await open.Transaction.RunAsync(options.Force, cancellationToken).ConfigureAwait(false);
        }
    }
}
