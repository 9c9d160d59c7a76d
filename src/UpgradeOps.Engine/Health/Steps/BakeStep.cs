using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Health.Rounds;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Health.Steps;

/// <summary>Watches a verified version for the declared time. One that restarts, or fails its checks twice in a row, is not kept.</summary>
internal sealed class BakeStep(PlannedStep planned, AppDefinition definition, RoundRunner rounds, LastWords lastWords, TimeProvider time)
    : HealthStep(planned, definition, rounds, lastWords, time)
{
    public const string Kind = "health.bake";

    private const int FailuresAllowed = 1;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var expected = Expected(context);
        var verified = Verified(context);
        var start = Time.GetTimestamp();
        var failures = 0;
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

            failures = round.Failure is null ? 0 : failures + 1;
            if (round.Failure is { } failure && (failure.Hope == Hope.None || failures > FailuresAllowed))
                throw await FailAsync(failure, round, $"{After(watched)} of watching", cancellationToken).ConfigureAwait(false);
            if (watched >= Definition.Bake && failures == 0)
                return;

            if (failures > 0)
                context.Tell(round.Failure!.Reason);
            var left = Definition.Bake - watched;
            await Task.Delay(left > TimeSpan.Zero && left < LongestPause ? left : LongestPause, Time, cancellationToken).ConfigureAwait(false);
        }
    }
}
