using UpgradeOps.Engine.Platforms.Compose.Model;
using UpgradeOps.Engine.Platforms.Compose.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Scratch;

/// <summary>Which services of a project a rehearsal runs, and which it does not.</summary>
internal sealed class ScratchServices(ComposeProject project, ComposeSnapshot snapshot)
{
    /// <summary>The declared one, and the moving jobs for whose end it waits, directly or through another such job.</summary>
    public IReadOnlyList<string> Names => [.. Waited().Where(Moves), project.Compose.Service];

    /// <summary>The same of what moves, as the copy waits for it: jobs first.</summary>
    public IReadOnlyList<MovedService> Of(IReadOnlyList<MovedService> moved) => MovedService.InStartOrder([.. moved.Where(m => Names.Contains(m.Name))]);

    /// <summary>What a person must know of the others.</summary>
    public IEnumerable<Finding> Findings()
    {
        var others = snapshot.Moving.Select(s => s.Name).Except(Names).ToList();
        if (others.Count > 0)
            yield return Incomplete($"Not rehearsed: {string.Join(", ", others)}, which the update moves too. The copy is {project.Compose.Service} alone, with the jobs that it waits for.");
        var jobs = Waited().Where(n => !Moves(n)).ToList();
        if (jobs.Count > 0)
            yield return Incomplete($"Not run for the copy: {string.Join(", ", jobs)}, for which it waits, and which the update does not move.");
        var reached = Reached().ToList();
        if (reached.Count > 0)
        {
            yield return Warning(
                ErrorIds.RehearsalShares,
                $"The copy can reach {string.Join(", ", reached)} in its networks: what it writes there is the live application's.",
                "Switch off in rehearse.environment what the copy must not use, or give it another name or number there (such as another database of a Redis).");
        }
    }

    private IEnumerable<string> Reached() => snapshot.Model.Services.Values
        .Where(s => !project.Databases.Contains(s.Name) && !Moves(s.Name) && s.Networks.Intersect(snapshot.Service.Networks).Any())
        .Where(s => !Waited().Contains(s.Name))
        .Select(s => s.Name)
        .Order(StringComparer.Ordinal);

    /// <summary>The services that must have ended well before the declared one starts.</summary>
    private IReadOnlyList<string> Waited()
    {
        var found = new List<string>();
        var open = new Queue<ComposeService>([snapshot.Service]);
        while (open.TryDequeue(out var service))
        {
            foreach (var name in service.DependsOn.Where(d => d.Condition == ComposeDependency.Completed).Select(d => d.Service).Where(n => !found.Contains(n)))
            {
                found.Add(name);
                if (snapshot.Model.Services.TryGetValue(name, out var next))
                    open.Enqueue(next);
            }
        }

        return found;
    }

    private bool Moves(string name) => snapshot.Moving.Any(s => s.Name == name);

    private Finding Incomplete(string message) => Warning(ErrorIds.RehearsalIncomplete, message, "Look at them after the update; a smoke test that asks them is a good place.");

    private Finding Warning(string errorId, string message, string action) => new()
    {
        Severity = FindingSeverity.Warning,
        ErrorId = errorId,
        Target = project.Definition.Name,
        Message = message,
        RecommendedAction = action,
    };
}
