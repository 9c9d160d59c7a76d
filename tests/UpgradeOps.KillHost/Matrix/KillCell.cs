using UpgradeOps.Engine.Operations;

namespace UpgradeOps.KillHost.Matrix;

/// <summary>One cell: an update that was killed, a resume or undo that was killed too or lived, and one that brought it to its end.</summary>
/// <param name="First">The boundary of the first kill.</param>
/// <param name="Verb">What was run then: <c>resume</c> or <c>undo</c>.</param>
/// <param name="SecondIndex">Which boundary of that; 0 when it lived.</param>
/// <param name="Second">The boundary of the second kill; null when it lived.</param>
/// <param name="Last">What brought it to its end; null when the second process did.</param>
/// <param name="Outcome">The version that runs in the end; null when something is wrong.</param>
internal sealed record KillCell(
    string Scenario, int FirstIndex, string First, string Verb, int SecondIndex, string? Second, string? Last, string? Outcome, string? Wrong)
{
    /// <summary>How many boundaries the second process had, when it lived.</summary>
    public int Passed { get; init; }

    public override string ToString() =>
        $"{Scenario}: update killed {First} ({FirstIndex}), {Verb} {(Second is null ? "lived" : $"killed {Second} ({SecondIndex}), then {Last}")}: {Wrong ?? Outcome}";

    /// <returns>Null when the update ended before that boundary.</returns>
    public static async Task<KillCell?> RunAsync(
        IKillWorld world, KillScenario scenario, int first, TimeSpan delay, string verb, int second, CancellationToken cancellationToken)
    {
        string? secondAt = null, last = null;
        var name = "(not reached)";
        try
        {
            await world.PrepareAsync();
            var update = await KilledProcess.RunAsync(world, "update", scenario.New, first, delay, cancellationToken);
            if (update.KilledAt is not { } firstAt)
                return null;
            name = delay == TimeSpan.Zero ? firstAt : $"{delay.TotalMilliseconds:0.0} ms {firstAt}";
            await world.AfterKillAsync();
            var other = await KilledProcess.RunAsync(world, verb, "-", second, TimeSpan.Zero, cancellationToken);
            secondAt = other.KilledAt;
            var verbs = new List<string> { verb };
            if (secondAt is not null)
            {
                await world.AfterKillAsync();
                last = (first + second) % 2 == 0 ? "resume" : "undo";
                verbs.Add(last);
                await FinishAsync(world, last, cancellationToken);
            }

            var outcome = await world.EndAsync();
            var wrong = Expect(scenario, firstAt, verbs, outcome) is { } why ? why + await HistoryAsync(world) : null;
            return new KillCell(scenario.Name, first, name, verb, secondAt is null ? 0 : second, secondAt, last, wrong is null ? outcome : null, wrong) { Passed = other.Passed };
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new KillCell(scenario.Name, first, name, verb, second, secondAt, last, null, (e is KillMatrixException or AppException ? e.Message : e.ToString().ReplaceLineEndings(" ")) + await HistoryAsync(world));
        }
    }

    /// <returns>What the operations say of themselves, for whoever looks into what is wrong.</returns>
    private static async Task<string> HistoryAsync(IKillWorld world)
    {
        try
        {
            var history = await new GetHistory(world.NewSession()).RunAsync(world.AppName, CancellationToken.None);
            return $" [{string.Join("; ", history.Select(h => $"{h.Kind} {h.OperationId} {h.Status?.ToString() ?? "open"} {h.Reason}"))}]";
        }
        catch (Exception e) when (e is AppException or IOException)
        {
            return $" [{e.Message}]";
        }
    }

    // In this process: nothing is killed any more, and it starts at once.
    private static async Task FinishAsync(IKillWorld world, string verb, CancellationToken cancellationToken)
    {
        try
        {
            var session = world.NewSession();
            var result = verb == "resume"
                ? await new ResumeUpdate(session).RunAsync(new ResumeOptions { Name = world.AppName }, cancellationToken)
                : await new UndoUpdate(session).RunAsync(new UndoOptions { Name = world.AppName, Data = world.UndoData, Force = world.UndoData is not null }, cancellationToken);
            if (result.Status is not (UpdateStatus.Kept or UpdateStatus.Undone))
                throw new KillMatrixException($"the last {verb} ended {result.Status}: {result.Error?.Message}");
        }
        catch (AppException e) when (e.ErrorId is ErrorIds.NothingToResume or ErrorIds.NothingToUndo)
        {
            // It was over already, or never begun: the world is looked at all the same.
        }
    }

    /// <returns>What is wrong with a whole world of the wrong version; null when it may be this one.</returns>
    private static string? Expect(KillScenario scenario, string first, List<string> verbs, string outcome)
    {
        if (outcome != scenario.Old && outcome != scenario.New)
            return $"{outcome} runs, which is neither the old nor the new version";
        if (outcome == scenario.New && (scenario.Fails || verbs[^1] == "undo"))
            return $"the new version {outcome} runs, although {(scenario.Fails ? "it never works" : "a person undid it")}";

        // Before the first line was on disk nothing had begun that could be gone on with.
        var begun = !first.Contains("operation intend", StringComparison.Ordinal) || first.Contains("after", StringComparison.Ordinal);
        begun &= first is not "after taking the lease" && !first.Contains("before keeping config", StringComparison.Ordinal);
        return outcome == scenario.Old && begun && !scenario.Fails && !verbs.Contains("undo")
            ? $"the old version {outcome} runs, although the update was resumed"
            : null;
    }
}
