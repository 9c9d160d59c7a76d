using System.Globalization;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Health.Rounds;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Health.Steps;

/// <summary>
/// Waits until the new version is proved healthy, and gives up within seconds when it will not be. Records when the first
/// verified answer came.
/// </summary>
internal sealed class VerifyStep(PlannedStep planned, AppDefinition definition, RoundRunner rounds, LastWords lastWords, TimeProvider time)
    : HealthStep(planned, definition, rounds, lastWords, time)
{
    public const string Kind = "health.verify";

    /// <summary>Without a declared check: how long the same instances must have been running.</summary>
    public static readonly TimeSpan StableFor = TimeSpan.FromSeconds(5);

    private const int AnswersNeeded = 2;
    private const int RestartsAllowed = 2;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    // A rollback must be decided within five seconds of a hard failure.
    private static readonly TimeSpan PatienceWithWrong = TimeSpan.FromSeconds(3);

    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var expected = Expected(context);
        var start = Time.GetTimestamp();
        var pause = ShortestPause;
        var good = new List<HealthRound>();
        long? wrongSince = null;
        var restarts = new RestartCounter();
        string? told = null;

        while (true)
        {
            var round = await Rounds.TryAsync(expected, Version, cancellationToken).ConfigureAwait(false);
            restarts.See(round.Look.Expected);
            if (round.Failure is null)
            {
                if (good.Count > 0 && !good[^1].Look.SameAs(round.Look))
                    good.Clear();
                good.Add(round);
                wrongSince = null;
                if (IsProof(good))
                {
                    await RecordAsync(context, good, cancellationToken).ConfigureAwait(false);
                    return;
                }
            }
            else
            {
                good.Clear();
                wrongSince = round.Failure.Hope == Hope.Starting ? null : wrongSince ?? Time.GetTimestamp();
                await ThrowIfHopelessAsync(round, restarts, wrongSince, start, cancellationToken).ConfigureAwait(false);
            }

            var state = round.Failure?.Reason ?? "answers; asking again";
            if (state != told)
                context.Tell(told = state);
            await Task.Delay(pause, Time, cancellationToken).ConfigureAwait(false);
            pause = good.Count > 0 ? ShortestPause : TimeSpan.FromTicks(Math.Min(pause.Ticks * 5 / 4, LongestPause.Ticks));
        }
    }

    private bool IsProof(List<HealthRound> good) => Definition.Health.Count > 0
        ? good.Count >= AnswersNeeded
        : good[^1].At - good[0].At >= StableFor;

    private async Task ThrowIfHopelessAsync(HealthRound round, RestartCounter restarts, long? wrongSince, long start, CancellationToken cancellationToken)
    {
        var failure = round.Failure!;
        var waited = Time.GetElapsedTime(start);
        if (restarts.Looping(RestartsAllowed) is { } looping)
            failure = new HealthFailure(ErrorIds.InstanceExited, $"{looping.DisplayName} ends again and again ({looping.RestartCount} restarts{(looping.ExitCode is { } code and not 0 ? $", exit code {code}" : "")})", Hope.None, looping.Id);
        var hopeless = failure.Hope == Hope.None
            || (wrongSince is { } since && Time.GetElapsedTime(since) >= PatienceWithWrong)
            || waited >= Definition.HealthTimeout;
        if (hopeless)
            throw await FailAsync(failure, round, After(waited), cancellationToken).ConfigureAwait(false);
    }

    private async Task RecordAsync(StepContext context, List<HealthRound> good, CancellationToken cancellationToken)
    {
        var outputs = new Dictionary<string, string>
        {
            [HealthOutputs.HealthyAt] = good[0].At.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
            [HealthOutputs.Verified] = EngineJson.Write(good[^1].Look.Lives),
        };
        var note = Definition.Health.Count == 0
            ? $"no health check is declared: it runs, for {StableFor.TotalSeconds:0} s now"
            : good[^1].Checks.Select(c => c.Detail).FirstOrDefault(d => d is not null);
        if (note is not null)
            outputs["note"] = note;
        await context.RecordAsync(outputs, cancellationToken).ConfigureAwait(false);
        context.Tell(note is null ? "healthy" : $"healthy; {note}");
    }
}
