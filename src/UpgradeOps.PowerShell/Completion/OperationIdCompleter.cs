using UpgradeOps.Engine.Operations;

namespace UpgradeOps.PowerShell.Completion;

/// <summary>Operations in the application's history.</summary>
public sealed class OperationIdCompleter : Completer
{
    private protected override async Task<IEnumerable<Suggestion>> SuggestAsync(EngineSession session, string? app, CancellationToken cancellationToken) =>
        app is null ? [] : (await new GetHistory(session).RunAsync(app, cancellationToken))
            .Where(h => h.Status != UpdateStatus.Refused)
            .Select(h => new Suggestion(h.OperationId, $"{h.Kind} {h.From} -> {h.To}: {h.Status}"));
}
