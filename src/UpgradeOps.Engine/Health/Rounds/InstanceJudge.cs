using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Health.Rounds;

/// <summary>Judges whether exactly the expected instances run.</summary>
internal sealed class InstanceJudge(AppDefinition definition)
{
    /// <param name="expected">Ids of the instances that must run, and no others; null for whatever runs.</param>
    public InstanceLook Look(IReadOnlyList<Instance> all, IReadOnlyList<string>? expected)
    {
        var chosen = all.Where(i => expected?.Contains(i.Id) ?? (i.IsRunning && Serves(i))).OrderBy(i => i.Id, StringComparer.Ordinal).ToList();
        return new InstanceLook
        {
            Expected = chosen,
            Serving = [.. chosen.Where(Serves)],
            Lives = [.. chosen.Select(InstanceLife.Of)],
            Failure = Gone(expected, chosen) ?? chosen.Select(Judge).OfType<HealthFailure>().OrderByDescending(f => f.Hope).FirstOrDefault() ?? Stranger(all, chosen),
        };
    }

    // Other services may move along with the one that carries the version: workers, jobs that end by themselves.
    private bool Serves(Instance instance) =>
        definition.Platform.Compose is not { } compose || instance.Service is null || instance.Service == compose.Service;

    private HealthFailure? Gone(IReadOnlyList<string>? expected, IReadOnlyList<Instance> chosen)
    {
        if (chosen.Count == 0 && expected is not { Count: > 0 })
            return new HealthFailure(ErrorIds.NotHealthy, $"no instance of {definition.Name} is running", Hope.Starting);
        return expected?.FirstOrDefault(id => chosen.All(i => i.Id != id)) is { } gone
            ? new HealthFailure(ErrorIds.WrongInstance, $"the instance {Short(gone)} that was started for this is gone", Hope.Wrong, gone)
            : null;
    }

    private static HealthFailure? Judge(Instance instance) => instance switch
    {
        { State: "exited" or "dead" } => new HealthFailure(ErrorIds.InstanceExited,
            $"{instance.DisplayName} ended{(instance.ExitCode is { } code ? $" with exit code {code}" : "")}", Hope.None, instance.Id),
        // A pause of seconds before the next attempt, not one of moments, is time that users wait in vain.
        { State: "restarting" } => new HealthFailure(ErrorIds.InstanceExited,
            $"{instance.DisplayName} ended{(instance.ExitCode is { } code and not 0 ? $" with exit code {code}" : "")} and is being restarted (restart {instance.RestartCount})", Hope.Wrong, instance.Id),
        { IsRunning: false } => new HealthFailure(ErrorIds.NotHealthy, $"{instance.DisplayName} is {instance.State}", Hope.Starting, instance.Id),
        { Health: "unhealthy" } => new HealthFailure(ErrorIds.NotHealthy, $"the platform calls {instance.DisplayName} unhealthy", Hope.Wrong, instance.Id),
        _ => null,
    };

    private static HealthFailure? Stranger(IEnumerable<Instance> all, IReadOnlyList<Instance> chosen) =>
        all.FirstOrDefault(i => i.State is "running" or "restarting" && chosen.All(c => c.Id != i.Id) && chosen.Any(c => c.Service == i.Service)) is { } stranger
            ? new HealthFailure(ErrorIds.WrongInstance, $"{stranger.DisplayName} runs beside the new version and may be the one that answers", Hope.Wrong, stranger.Id)
            : null;

    private static string Short(string id) => id.Length > 12 ? id[..12] : id;
}
