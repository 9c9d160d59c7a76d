namespace UpgradeOps.Engine.Health.Steps;

/// <summary>
/// Counts how often the platform restarted instances while they were watched. One or two restarts happen to an application whose
/// database was not up yet; more are a loop.
/// </summary>
internal sealed class RestartCounter
{
    private readonly Dictionary<string, (int First, Instance Last)> seen = [];

    public void See(IEnumerable<Instance> instances)
    {
        foreach (var instance in instances)
            seen[instance.Id] = (seen.TryGetValue(instance.Id, out var before) ? before.First : instance.RestartCount, instance);
    }

    /// <returns>An instance that was restarted more often than allowed since it was first seen.</returns>
    public Instance? Looping(int allowed) => seen.Values.Where(s => s.Last.RestartCount - s.First > allowed).Select(s => s.Last).FirstOrDefault();
}
