using UpgradeOps.Engine.Operations;

namespace UpgradeOps.PowerShell.Completion;

/// <summary>Backups of the application.</summary>
public sealed class BackupIdCompleter : Completer
{
    private protected override async Task<IEnumerable<Suggestion>> SuggestAsync(EngineSession session, string? app, CancellationToken cancellationToken) =>
        app is null ? [] : (await new ListBackups(session).RunAsync(app, cancellationToken))
            .Select(b => new Suggestion(b.BackupId, $"{b.RunningVersion} at {b.Moment:u}, {b.Consistency}"));
}
