using UpgradeOps.Engine.Operations;

namespace UpgradeOps.PowerShell.Completion;

/// <summary>Versions that exist for the application.</summary>
public sealed class VersionCompleter : Completer
{
    private protected override async Task<IEnumerable<Suggestion>> SuggestAsync(EngineSession session, string? app, CancellationToken cancellationToken) =>
        app is null ? [] : (await new ListReleases(session).RunAsync(app, cancellationToken)).Select(r => new Suggestion(r.Version, $"{r.Source}:{r.Tag}"));
}
