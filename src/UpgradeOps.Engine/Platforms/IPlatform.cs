using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Platforms.Generate;
using UpgradeOps.Engine.Platforms.Jobs;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Platforms;

/// <summary>How an application runs, and how its version is changed. One folder below this one each.</summary>
internal interface IPlatform : IStepSource, IAsyncDisposable
{
    /// <summary>Looks at what runs now. Cheap enough for a status command.</summary>
    Task<Deployment> InspectAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The instances alone, as <see cref="Deployment.Instances"/> lists them. A wait for health asks this several times a second, so a platform
    /// that must run a command to read its configuration reads that once.
    /// </summary>
    async Task<IReadOnlyList<Instance>> InstancesAsync(CancellationToken cancellationToken) =>
        (await InspectAsync(cancellationToken).ConfigureAwait(false)).Instances;

    /// <summary>Looks for what would make an update to the target fail, without changing anything.</summary>
    Task<IReadOnlyList<Finding>> CheckAsync(Deployment current, PlatformTarget target, CancellationToken cancellationToken);

    /// <summary>
    /// The platform's own steps from what runs to the target, each with its phase; the planner adds backup, health and data steps.
    /// Uses nothing but its arguments and what it can read: a plan changes nothing.
    /// </summary>
    Task<IReadOnlyList<PlannedStep>> PlanAsync(Deployment current, PlatformTarget target, CancellationToken cancellationToken);

    /// <summary>Lines that the instances wrote, oldest first; goes on until cancelled when <paramref name="follow"/>.</summary>
    IAsyncEnumerable<LogLine> LogsAsync(int tail, bool follow, CancellationToken cancellationToken);

    /// <summary>What is worth keeping of instances before a rollback removes them: their logs and inspected state, by file name.</summary>
    Task<IReadOnlyDictionary<string, byte[]>> EvidenceAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken);

    /// <summary>The files directly in a folder of a release, by name. Links are left out.</summary>
    /// <param name="folder">Below the release's own folder; <c>image:/path</c> for a folder in a container's image.</param>
    /// <param name="version">A release that is here; null for the one that runs.</param>
    /// <returns>Null when there is no such release or folder.</returns>
    Task<IReadOnlyDictionary<string, byte[]>?> ReadFolderAsync(string folder, string? version, CancellationToken cancellationToken);

    /// <summary>As the other, of a release that its source found and that need not be here: from where it is installed, else from its commit.</summary>
    /// <param name="source">What becomes the folder, relative to the repository's root; null to conclude it from there.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.MigrationFilesMissing"/>: nothing tells where it is in the repository. What git failed with.</exception>
    Task<IReadOnlyDictionary<string, byte[]>?> ReadFolderAsync(string folder, string? source, Release release, CancellationToken cancellationToken) =>
        ReadFolderAsync(folder, release.Version, cancellationToken);

    /// <summary>Which of the missing values something that was started with them still has. Empty where a platform cannot tell.</summary>
    /// <param name="missing">Secrets, with their places under <c>generate:</c>.</param>
    Task<IReadOnlyList<ValueInUse>> FindInUseAsync(IReadOnlyList<(GenerateDefinition Entry, int Number)> missing, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ValueInUse>>([]);

    /// <summary>What <see cref="OpenJob"/> needs to find a version again, as inputs of a step. Changes nothing.</summary>
    /// <param name="service">The Compose service whose environment counts; null for the one that carries the version, and on other platforms.</param>
    /// <param name="target">The version, staged by the time that the job runs; null for the one that is installed now.</param>
    Task<IReadOnlyDictionary<string, string>> PlanJobAsync(string? service, PlatformTarget? target, CancellationToken cancellationToken) =>
        throw new AppException(ErrorIds.DefinitionNotImplemented, "This platform cannot run a command in a version's environment.", null, "Remove 'command:' of migrations from the definition.");

    /// <summary>A command run once in the environment of a version, beside what serves: it gets no requests.</summary>
    /// <param name="name">Unique on the host.</param>
    /// <param name="inputs">As <see cref="PlanJobAsync"/> made them.</param>
    IJob OpenJob(string name, IReadOnlyDictionary<string, string> inputs) =>
        throw new AppException(ErrorIds.DefinitionNotImplemented, "This platform cannot run a command in a version's environment.");

    /// <summary>Stops the instances that write data and tells their ids, so that a restore has the data to itself.</summary>
    Task<IReadOnlyList<string>> StopWritersAsync(CancellationToken cancellationToken);

    Task StartWritersAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken);

    /// <summary>Makes instances stand still where they are; when this returns, nothing of them runs. One that is paused already stays so.</summary>
    Task PauseWritersAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken) =>
        throw new AppException(ErrorIds.DefinitionNotImplemented, "This platform cannot pause what it runs.", null, "Use 'quiesce: stop' in the definition.");

    /// <summary>Lets paused instances go on; nothing happens to one that is not paused, or is gone.</summary>
    Task UnpauseWritersAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Where an update goes: a release that can be fetched, or a state recorded earlier that must be found here.</summary>
internal sealed record PlatformTarget
{
    public required Release Release { get; init; }

    /// <summary>Set when going back: the image id or release folder that ran then. Nothing is fetched.</summary>
    public string? RecordedArtifact { get; init; }

    /// <summary>Set when going back: files that decided what ran then, by path, with the name under which the given operation keeps them.</summary>
    public IReadOnlyDictionary<string, byte[]> RecordedFiles { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>Set when going back: the steps of the operation that is undone. A platform finds in its own what else it recorded then.</summary>
    public IReadOnlyList<PlannedStep> RecordedSteps { get; init; } = [];

    /// <summary>Set when going back: the operation that is undone and those that were kept since, oldest first.</summary>
    public IReadOnlyList<RecordedOperation> RecordedSince { get; init; } = [];

    public bool IsRecorded => RecordedArtifact is not null;
}

/// <summary>An operation that was kept, and the steps of its plan.</summary>
internal sealed record RecordedOperation(string OperationId, IReadOnlyList<PlannedStep> Steps);

/// <summary>
/// Names of outputs that any platform's steps record for the steps of other rooms.
/// </summary>
internal static class PlatformOutputs
{
    /// <summary>Recorded by the step that starts the new version: JSON array of instance ids that must answer from then on.</summary>
    public const string NewInstances = "newInstances";

    /// <summary>Recorded by the step that stops the old version: JSON array of instance ids.</summary>
    public const string OldInstances = "oldInstances";

    /// <summary>Recorded by any step, forward or back: JSON array of <see cref="Finding"/> for the result.</summary>
    public const string Findings = "findings";
}
