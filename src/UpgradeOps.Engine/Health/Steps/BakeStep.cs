using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Health.Rounds;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Health.Steps;

/// <summary>
/// Watches a verified version for the declared time. One that restarts, or fails its checks twice in a row, is not kept. That the way to its
/// host broke is not held against it; but it is not kept before it has answered again.
/// </summary>
internal sealed class BakeStep(PlannedStep planned, AppDefinition definition, RoundRunner rounds, LastWords lastWords, TimeProvider time)
    : HealthStep(planned, definition, rounds, lastWords, time)
{
    public const string Kind = "health.bake";

    private const int FailuresAllowed = 1;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    // A host that stays away ends the looks before that, by its own error.
    private static readonly TimeSpan PatienceWithLost = TimeSpan.FromMinutes(2);

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var expected = Expected(context);
        var verified = Verified(context);
        var start = Time.GetTimestamp();
        var failures = 0;
        long? lostSince = null;
        while (true)
        {
            var round = await Rounds.TryAsync(expected ?? verified?.Select(l => l.Id).ToList(), Version, cancellationToken).ConfigureAwait(false);
            var watched = Time.GetElapsedTime(start);
            if (round.Look.Lives.Count > 0)
            {
                verified ??= round.Look.Lives;
                if (round.Failure is null or { Hope: not Hope.None } && !round.Look.Lives.SequenceEqual(verified))
                    throw await FailAsync(Restarted(round, verified), round, $"{After(watched)} of watching", cancellationToken).ConfigureAwait(false);
            }

            lostSince = round.Failure is { IsLost: true } ? lostSince ?? Time.GetTimestamp() : null;
            failures = round.Failure is null ? 0 : failures + (lostSince is null ? 1 : 0);
            if (round.Failure is { } failure && (failure.Hope == Hope.None || failure.ErrorId == ErrorIds.HostUnreachable || failures > FailuresAllowed
                || (lostSince is { } since && Time.GetElapsedTime(since) > PatienceWithLost)))
                throw await FailAsync(failure, round, $"{After(watched)} of watching", cancellationToken).ConfigureAwait(false);
            if (watched >= Definition.Bake && round.Failure is null)
                return;

            if (round.Failure is not null)
                context.Tell(round.Failure.Reason);
            var left = Definition.Bake - watched;
            await Task.Delay(left > TimeSpan.Zero && left < LongestPause ? left : LongestPause, Time, cancellationToken).ConfigureAwait(false);
        }
    }
}
