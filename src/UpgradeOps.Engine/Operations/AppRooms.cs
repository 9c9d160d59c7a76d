using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Health;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Migrations;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Platforms.Generate;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Engine.Releases;
using UpgradeOps.Engine.State;

namespace UpgradeOps.Engine.Operations;

/// <summary>One application with every room opened for it.</summary>
internal sealed class AppRooms : IAsyncDisposable
{
    public required AppDefinition Definition { get; init; }

    public required EngineOptions Options { get; init; }

    public required IHost Host { get; init; }

    public required IAppState State { get; init; }

    public required IPlatform Platform { get; init; }

    /// <summary>What the definition has made where it is missing.</summary>
    public GenerateSteps Generate => new(Definition, Host.Files, Redaction);

    public required IReleaseSource Releases { get; init; }

    public required IReadOnlyDictionary<string, IDatabase> Databases { get; init; }

    public required IBackups Backups { get; init; }

    public required IWriters Writers { get; init; }

    public required ISchemaProbe Schema { get; init; }

    public required MigrationRoom Migrations { get; init; }

    public required IHealthProbe Health { get; init; }

    /// <summary>Secrets that came to be known while the rooms were open: they go into no file and no message.</summary>
    public Redaction Redaction { get; init; } = new();

    /// <summary>Comes to know every secret that the definition refers to; one that cannot be found is none that could leak.</summary>
    public Func<CancellationToken, Task> LearnSecretsAsync { get; init; } = static _ => Task.CompletedTask;

    /// <summary>Opens another application on the same machine, whose state is this folder. It is the caller's to close.</summary>
    public Func<AppDefinition, IProgressSink, string, AppRooms> Beside { get; init; } = static (_, _, _) => throw new NotSupportedException();

    /// <summary>A text without any secret that the definition refers to.</summary>
    public async Task<byte[]> CleanAsync(byte[] text, CancellationToken cancellationToken)
    {
        await LearnSecretsAsync(cancellationToken).ConfigureAwait(false);
        return Redaction.Clean(text);
    }

    /// <summary>Ends what the rooms share, after all of them.</summary>
    public Func<ValueTask> Closing { get; init; } = static () => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync().ConfigureAwait(false);
        await Host.DisposeAsync().ConfigureAwait(false);
        await Closing().ConfigureAwait(false);
    }
}
