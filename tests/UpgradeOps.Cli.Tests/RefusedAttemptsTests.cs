using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.State;

namespace UpgradeOps.Cli.Tests;

/// <summary>What was refused stands in the history, and in nothing else's way.</summary>
public sealed class RefusedAttemptsTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly Task<ServiceInstallation> installing = ServiceInstallation.CreateAsync();

    public async ValueTask DisposeAsync() => await (await installing).DisposeAsync();

    [Fact]
    public async Task Each_says_who_asked_for_what_when_and_why_not_and_moves_no_operation_from_its_place()
    {
        var app = await installing;
        Assert.Equal(ExitCodes.Undone, (await RunAsync("update", "app", "--version", "1.2.0")).ExitCode);
        Assert.Equal(ExitCodes.Ok, (await RunAsync("update", "app", "--version", "1.1.0")).ExitCode);
        var before = await HistoryAsync();

        // Known to be bad; a question about it changes nothing and leaves nothing.
        Assert.Equal(ExitCodes.Refused, (await RunAsync("update", "app", "--version", "1.2.0", "--what-if")).ExitCode);
        Assert.Equal(before.Select(h => h.OperationId), (await HistoryAsync()).Select(h => h.OperationId));
        Assert.Equal(ExitCodes.Refused, (await RunAsync("update", "app", "--version", "1.2.0")).ExitCode);

        // A lock that somebody holds, who is not disturbed.
        var state = await app.Session.OpenStateAsync("app", None);
        await using (var lease = await state.TakeLeaseAsync("work by another", None))
        {
            foreach (var verb in (string[][])[["update", "app", "--version", "1.0.0"], ["undo", "app", "--yes"]])
                Assert.Equal(ExitCodes.Refused, (await RunAsync(verb)).ExitCode);
            await state.ChangeAsync(lease, m => m, None);
            Assert.Equal(lease.Fence, (await state.ReadLeaseAsync(None))!.Fence);
        }

        var history = await HistoryAsync();
        var refused = history.Take(3).ToList();
        Assert.Equal(before.Select(h => h.OperationId), history.Skip(3).Select(h => h.OperationId));
        Assert.All(refused, r => Assert.Equal(UpdateStatus.Refused, r.Status));
        Assert.Equal(["undo", "update to 1.0.0", "update to 1.2.0"], refused.Select(r => r.Asked));
        Assert.Equal([ErrorIds.LockHeld, ErrorIds.LockHeld, ErrorIds.KnownBad], refused.Select(r => r.ErrorId));
        Assert.Equal([OperationKind.Undo, OperationKind.Update, OperationKind.Update], refused.Select(r => r.Kind));
        Assert.All(refused, r => Assert.Equal((Environment.UserName, Environment.MachineName, "console"), (r.Actor!.User, r.Actor.Machine, r.Actor.Face)));
        Assert.All(refused, r => Assert.True(r.StartedAt >= before[0].EndedAt && r.EndedAt >= r.StartedAt && r.Actor!.ProcessId != Environment.ProcessId, $"{r}"));
        Assert.Equal(("1.1.0", "1.2.0"), (refused[2].From, refused[2].To));
        Assert.Contains("1.2.0 failed here", refused[2].Reason, StringComparison.Ordinal);
        Assert.Contains("work by another", refused[0].Reason, StringComparison.Ordinal);

        // As people see it, and as JSON.
        var shown = await RunAsync("history", "app", "--status", "refused", "--last", "1");
        Assert.Matches(@$"(?m)^{refused[0].OperationId} +Undo +Refused", shown.Output);
        Assert.Matches(@"(?m)^Asked +undo", (await RunAsync("history", "app", "--operation-id", refused[0].OperationId)).Output);
        Assert.Contains("\"asked\": \"update to 1.2.0\"", (await RunAsync("history", "app", "--json")).Output, StringComparison.Ordinal);

        // Nothing of it is an operation: there is nothing to go on with but what a kill beside a lease has left, and the newest one is undone.
        var killed = Path.Combine(app.StateFolder, "app", "owner-99.lock");
        await File.WriteAllTextAsync(killed, "", None);
        Assert.Contains($"id: {ErrorIds.NothingToResume}", (await RunAsync("resume", "app")).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(killed));
        var named = await RunAsync("undo", "app", "--operation-id", refused[0].OperationId, "--yes");
        Assert.Contains($"{refused[0].OperationId} was refused and began nothing", named.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Ok, (await RunAsync("undo", "app", "--yes")).ExitCode);
        await app.AssertRunsAsync("1.0.0");
        var undone = (await HistoryAsync())[0];
        Assert.Equal((OperationKind.Undo, UpdateStatus.Kept, before[0].OperationId), (undone.Kind, undone.Status, undone.Undoes));
    }

    [Fact]
    public async Task A_plan_that_was_tampered_with_is_noted_and_one_that_cannot_be_noted_is_refused_all_the_same()
    {
        var app = await installing;
        var plan = await new PlanUpdate(app.Session).RunAsync(new UpdateOptions { Name = "app", Version = "1.1.0" }, None);
        var changed = new UpdateOptions { Name = "app", Plan = plan with { Changes = "something else" } };
        await Assert.ThrowsAsync<AppException>(() => new UpdateApp(app.Session).RunAsync(changed, None));
        var noted = (await HistoryAsync())[0];
        Assert.Equal((UpdateStatus.Refused, ErrorIds.PlanDamaged, plan.Hash), (noted.Status, noted.ErrorId, noted.PlanHash));

        // A folder stands where the notes go.
        var file = Path.Combine(app.StateFolder, "app", "refused.jsonl");
        File.Delete(file);
        Directory.CreateDirectory(file);
        var warnings = new List<string>();
        var session = new EngineSession(app.Session.Options with { Progress = new Warnings(warnings) });
        var error = await Assert.ThrowsAsync<AppException>(() => new UpdateApp(session).RunAsync(changed, None));
        Assert.Equal(ErrorIds.PlanDamaged, error.ErrorId);
        Assert.StartsWith("The refusal could not be noted in the history: ", Assert.Single(warnings), StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<HistoryEntry>> HistoryAsync() => await new GetHistory((await installing).Session).RunAsync("app", None);

    private async Task<Outcome> RunAsync(params string[] arguments) => await Cli.RunAsync([.. arguments, .. (await installing).Globals]);

    private sealed class Warnings(List<string> told) : Engine.Progress.IProgressSink
    {
        public void Report(Engine.Progress.ProgressEvent progress)
        {
            if (progress.Kind == Engine.Progress.ProgressKind.Warning)
                told.Add(progress.Message);
        }
    }
}
