using UpgradeOps.Engine.Operations;

namespace UpgradeOps.PowerShell.Completion;

/// <summary>Channels that the definition declares; without -Name, those of every application.</summary>
public sealed class ChannelCompleter : Completer
{
    private protected override async Task<IEnumerable<Suggestion>> SuggestAsync(EngineSession session, string? app, CancellationToken cancellationToken) =>
        (await new ListApps(session).RunAsync(cancellationToken))
            .Where(a => app is null || a.Name == app)
            .SelectMany(a => a.Channels.Select(c => new Suggestion(c, $"channel of {a.Name}")));
}
