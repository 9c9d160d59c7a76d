using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Migrations.Back;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Platforms.Generate;
using UpgradeOps.Engine.Preflight;
using UpgradeOps.Engine.State;

namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>Makes the plan of an update: resolve, inspect, order. Changes nothing.</summary>
internal sealed class UpdatePlanner(AppRooms rooms)
{
    /// <exception cref="AppException">The version or channel does not exist, or something needed to plan cannot be reached.</exception>
    public async Task<UpdatePlan> PlanAsync(UpdateOptions options, CancellationToken cancellationToken)
    {
        var memory = await rooms.State.ReadAsync(cancellationToken).ConfigureAwait(false);
        var channel = options.Channel ?? (options.Version is null ? memory.Channel ?? rooms.Definition.Releases.Channel : null);
        var inspected = rooms.Platform.InspectAsync(cancellationToken);
        var release = await rooms.Releases.ResolveAsync(options.Version, channel, cancellationToken).ConfigureAwait(false);
        var current = await inspected.ConfigureAwait(false);
        var values = await rooms.Generate.LookAsync(cancellationToken).ConfigureAwait(false);
        var unfit = await GenerateCheck.RunAsync(rooms, values, cancellationToken).ConfigureAwait(false);
        var schema = await SchemaAsync(unfit, cancellationToken).ConfigureAwait(false);
        var target = new PlatformTarget { Release = release };

        var plan = new UpdatePlan
        {
            Name = rooms.Definition.Name,
            From = Endpoints.Of(current, memory.Channel ?? rooms.Definition.Releases.Channel, schema),
            To = Endpoints.Of(release, channel),
            OnFailureData = rooms.Definition.OnFailureData,
            Changes = release.Notes,
            CreatedAt = rooms.Options.Time.GetUtcNow(),
        };
        if (VersionRules.IsSame(current, release, named: options.Version is not null))
        {
            return PlanHash.Seal(plan);
        }

        var history = await rooms.Releases.HistoryAsync(current, release, cancellationToken).ConfigureAwait(false);
        var rules = VersionRules.Check(current, release, memory, options).ToList();
        var findings = unfit
            .Concat(rules)
            .Concat(VersionRules.Weigh(history.Findings, rules, options))
            .Concat(await PreflightChecks.RunAsync(rooms, current, target, cancellationToken).ConfigureAwait(false))
            .OrderByDescending(f => f.Severity)
            .ToList();

        // A platform that cannot even be looked at has said why in a finding; its steps could only be guessed.
        IReadOnlyList<PlannedStep> platform = findings.Any(f => f.Severity == FindingSeverity.Blocker && f.ErrorId.StartsWith("UpgradeOps.Docker.", StringComparison.Ordinal))
            ? []
            : [.. GenerateSteps.Plan(values), .. await rooms.Platform.PlanAsync(current, target, cancellationToken).ConfigureAwait(false)];
        var stopped = rooms.Definition.OnFailureData == DataPolicy.Restore || rooms.Definition.Quiesce == QuiesceMode.Stop;
        var migrate = platform.Count == 0 ? null : await MigrateAsync(release, target, schema, cancellationToken).ConfigureAwait(false);
        var after = rooms.Definition.Migrations?.Run == MigrationsDefinition.AfterSwitch;
        var steps = StepOrder.Arrange(
            after && migrate is not null ? [.. platform, migrate] : platform,
            rooms.Backups.Declared ? BackupSteps.Plan(stopped, plan.From, rooms.Definition.Quiesce == QuiesceMode.Pause, options.ProveBackup ?? rooms.Definition.Prove, rooms.Backups.Copies) : [],
            [.. rooms.Health.Plan(release.Version), .. rooms.Health.PlanSmoke(release.Version)],
            rooms.Definition.OnFailureData,
            stopFirst: stopped,
            before: after ? null : migrate);
        return PlanHash.Seal(plan with
        {
            Steps = steps,
            Commits = history.Commits,
            Findings = findings,
            ExpectedOutageSeconds = await PastOutages.TypicalAsync(rooms.State, cancellationToken).ConfigureAwait(false),
        });
    }

    /// <summary>A database whose password is gone cannot be asked, and the plan is refused anyway: with the words of whoever knows why.</summary>
    private async Task<SchemaState?> SchemaAsync(IReadOnlyList<Finding> unfit, CancellationToken cancellationToken)
    {
        try
        {
            return await rooms.Schema.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.SecretNotFound && unfit.Any(f => f.Severity == FindingSeverity.Blocker))
        {
            return null;
        }
    }

    /// <returns>Null when the application itself migrates at its start.</returns>
    private async Task<PlannedStep?> MigrateAsync(Release release, PlatformTarget target, SchemaState? schema, CancellationToken cancellationToken)
    {
        if (rooms.Definition.Migrations is not { Run: not MigrationsDefinition.OnStart } declared)
            return null;
        var job = await rooms.Platform.PlanJobAsync(declared.Service, target, cancellationToken).ConfigureAwait(false);
        return MigrationSteps.PlanRun(rooms.Definition, release.Version, schema?.Fingerprint, job);
    }
}
