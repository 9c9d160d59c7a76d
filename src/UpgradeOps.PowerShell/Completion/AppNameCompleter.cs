using UpgradeOps.Engine.Operations;

namespace UpgradeOps.PowerShell.Completion;

/// <summary>Names of registered applications.</summary>
public sealed class AppNameCompleter : Completer
{
    private protected override async Task<IEnumerable<Suggestion>> SuggestAsync(EngineSession session, string? app, CancellationToken cancellationToken) =>
        (await new ListApps(session).RunAsync(cancellationToken)).Select(a => new Suggestion(a.Name, $"{a.Platform} on {a.Host}"));
}
