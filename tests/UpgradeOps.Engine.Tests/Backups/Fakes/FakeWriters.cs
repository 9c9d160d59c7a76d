using UpgradeOps.Engine.Backups;

namespace UpgradeOps.Engine.Tests.Backups.Fakes;

/// <summary>Writes down what it is told.</summary>
internal sealed class FakeWriters : IWriters
{
    public List<string> Told { get; } = [];

    public bool Refuses { get; set; }

    public bool AreHeld { get; set; } = true;

    public Task<IReadOnlyList<string>> RunningAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(["app-1"]);

    public Task HoldAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        Told.Add($"hold {string.Join(' ', ids)}");
        return Refuses ? throw new AppException(ErrorIds.EngineFailed, "no") : Task.CompletedTask;
    }

    public Task ReleaseAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        Told.Add($"release {string.Join(' ', ids)}");
        return Task.CompletedTask;
    }

    public Task RememberAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        Told.Add($"remember {string.Join(' ', ids)}");
        return Task.CompletedTask;
    }
}
