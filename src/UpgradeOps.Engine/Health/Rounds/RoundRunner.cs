using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Platforms;

namespace UpgradeOps.Engine.Health.Rounds;

/// <summary>
/// Runs rounds. A success counts only when the same instances, in the same life, were there before and after the answer: an old
/// instance that still answers, or one that crashed in between, proves nothing.
/// </summary>
internal sealed class RoundRunner(AppDefinition definition, IPlatform platform, CheckRunner checks, TimeProvider time)
{
    private readonly InstanceJudge judge = new(definition);

    /// <exception cref="AppException">The platform could not be looked at.</exception>
    public async Task<HealthRound> RunAsync(IReadOnlyList<string>? expected, string? version, CancellationToken cancellationToken)
    {
        var before = judge.Look(await platform.InstancesAsync(cancellationToken).ConfigureAwait(false), expected);
        if (before.Failure is { } failure)
            return new HealthRound { Look = before, Failure = failure, At = time.GetUtcNow(), Checks = NotAsked(failure) };
        if (definition.Health.Count == 0)
            return new HealthRound { Look = before, At = time.GetUtcNow(), Failure = Unready(before) };

        var outcomes = await Task.WhenAll(definition.Health.Select(c => checks.RunAsync(c, before.Serving, version, cancellationToken))).ConfigureAwait(false);
        var answeredAt = time.GetUtcNow();
        var after = judge.Look(await platform.InstancesAsync(cancellationToken).ConfigureAwait(false), expected);
        return new HealthRound
        {
            Look = after,
            At = answeredAt,
            Checks = [.. outcomes.Select(o => o.Result)],
            Failure = after.Failure
                ?? (after.SameAs(before) ? null : new HealthFailure(ErrorIds.WrongInstance, $"{definition.Name} was restarted while it was asked", Hope.Starting))
                ?? outcomes.Select(o => o.Failure).OfType<HealthFailure>().OrderByDescending(f => f.Hope).FirstOrDefault(),
        };
    }

    /// <summary>As <see cref="RunAsync"/>, but a platform that cannot be looked at for a moment is a failed round.</summary>
    public async Task<HealthRound> TryAsync(IReadOnlyList<string>? expected, string? version, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(expected, version, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e)
        {
            return new HealthRound { Look = new InstanceLook { Expected = [], Lives = [] }, At = time.GetUtcNow(), Failure = new HealthFailure(e.ErrorId, e.Message, Hope.Starting) };
        }
    }

    // Where no check is declared, the platform's own one is all there is.
    private static HealthFailure? Unready(InstanceLook look) => look.Expected.FirstOrDefault(i => i.Health is not (null or "healthy")) is { } instance
        ? new HealthFailure(ErrorIds.NotHealthy, $"the platform calls {instance.DisplayName} {instance.Health}", Hope.Starting, instance.Id)
        : null;

    private HealthCheckResult[] NotAsked(HealthFailure failure) =>
        [.. definition.Health.Select(c => new HealthCheckResult { Check = $"http {c.Http}", Passed = false, Detail = $"not asked: {failure.Reason}" })];
}
