using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>Rebuilds steps from plain data by asking the room that a kind's prefix names.</summary>
internal sealed class StepCatalogue(IEnumerable<IStepSource> sources)
{
    private readonly Dictionary<string, IStepSource> _sources = sources.ToDictionary(s => s.Prefix);

    /// <exception cref="AppException"><see cref="ErrorIds.JournalNewerFormat"/>: no room knows such a step, so a newer version must have planned it.</exception>
    public IStep Create(PlannedStep planned)
    {
        var prefix = planned.Kind.Split('.')[0];
        return _sources.TryGetValue(prefix, out var source)
            ? source.Create(planned)
            : throw new AppException(ErrorIds.JournalNewerFormat, $"Step {planned.Id} has the kind '{planned.Kind}', which this version does not know.", planned.Id);
    }
}
