namespace UpgradeOps.Engine.Operations;

/// <summary>Runs the declared smoke tests on whatever version runs.</summary>
public sealed class TestApp(EngineSession session)
{
    /// <returns>What would be run, a line each. Runs nothing.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.NoSmokeTests"/>.</exception>
    public Task<IReadOnlyList<string>> ListAsync(string name, CancellationToken cancellationToken) => session.UseAsync(
        name,
        rooms => rooms.Definition.Smoke.Count > 0
            ? Task.FromResult<IReadOnlyList<string>>([.. rooms.Definition.Smoke.Select(s => $"{s.Name}: {s.Action}")])
            : throw new AppException(ErrorIds.NoSmokeTests, $"The definition of {rooms.Definition.Name} declares no smoke tests.", rooms.Definition.Path),
        cancellationToken);

    /// <exception cref="AppException"><see cref="ErrorIds.NoSmokeTests"/>.</exception>
    public Task<SmokeReport> RunAsync(string name, CancellationToken cancellationToken) =>
        session.UseAsync(name, rooms => rooms.Health.SmokeAsync(cancellationToken), cancellationToken);
}
