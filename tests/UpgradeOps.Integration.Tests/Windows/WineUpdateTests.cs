using UpgradeOps.Engine.Json;

namespace UpgradeOps.Integration.Windows;

/// <summary>Updates of a Windows service, from plan to keep, by a program of Windows under Wine.</summary>
[Collection(nameof(WineFixture))]
public sealed class WineUpdateTests(WineFixture fixture)
{
    [Fact]
    public async Task Updates_are_kept_status_and_log_tell_them_and_an_undo_starts_the_old_release()
    {
        Needs.Parts(Part.Wine);
        await using var service = await StartAsync(("1.1.0", "good"));
        var plan = (await service.RunAsync("plan", "1.1.0")).Result<UpdatePlan>();
        Assert.Equal(service.Of("releases/1.1.0"), plan.Steps.First(s => s.Kind == "service.link").Inputs["folder"]);
        Assert.DoesNotContain(plan.Findings, f => f.Severity == FindingSeverity.Blocker);

        var updated = (await service.RunAsync("update", "1.1.0")).Result<UpdateResult>();
        Assert.True((updated.Status, updated.From, updated.To) == (UpdateStatus.Kept, "1.0.0", "1.1.0"), Text(updated));
        Assert.True(updated.OutageSeconds is > 0 and < 30, Text(updated));
        var answer = await service.AnswersAsync();
        Assert.Equal(("1.1.0", "1.1.0"), (answer?.Version, service.Link));

        var instance = Assert.Single((await service.RunAsync("status")).Result<AppStatus>().Instances);
        Assert.Equal(("running", service.Of("releases/1.1.0")), (instance.State, instance.Artifact));
        Assert.StartsWith($"{answer!.Value.Process}:", instance.Id, StringComparison.Ordinal);
        Assert.Equal(["1.1.0 opens its ledger", "1.1.0 serves"], (await service.RunAsync("log")).Result<List<LogLine>>().Select(l => l.Message));

        var undone = (await service.RunAsync("undo")).Result<UpdateResult>();
        Assert.True(undone.Status is UpdateStatus.Kept or UpdateStatus.Undone, Text(undone));
        Assert.Equal(("1.0.0", "1.0.0"), ((await service.AnswersAsync())?.Version, service.Link));
        Assert.Equal("buy milk\n", await File.ReadAllTextAsync(Path.Combine(service.Folder, "shared/notes.txt")));
    }

    [Theory]
    [InlineData("crash", ErrorIds.ServiceStartFailed, "the ledger is locked")]
    [InlineData("ends", ErrorIds.ServiceStartFailed, "exit code 3")]
    [InlineData("dies", ErrorIds.InstanceExited, "the ledger is gone")]
    [InlineData("bad", ErrorIds.NotHealthy, "503")]
    public async Task A_release_that_fails_is_undone_and_told_with_its_words(string behaviour, string errorId, string words)
    {
        Needs.Parts(Part.Wine);
        await using var service = await StartAsync(("2.0.0", behaviour));
        var failed = (await service.RunAsync("update", "2.0.0")).Result<UpdateResult>();
        Assert.True(failed.Status == UpdateStatus.Undone && failed.Error!.ErrorId == errorId, Text(failed));
        Assert.Contains(words, failed.Error!.Message);
        Assert.Equal(("1.0.0", "1.0.0"), ((await service.AnswersAsync())?.Version, service.Link));
    }

    /// <summary>Killed before the stop, between stop and start, and after the start: each time it goes on, and starts nothing twice.</summary>
    [Theory]
    [InlineData(18)]
    [InlineData(22)]
    [InlineData(26)]
    [InlineData(32)]
    [InlineData(36)]
    public async Task A_killed_update_goes_on(int boundary)
    {
        Needs.Parts(Part.Wine);
        await using var service = await StartAsync(("1.1.0", "good"));
        var killed = await service.RunAsync("update", "1.1.0", boundary);
        Assert.True(killed.KilledAt is not null, killed.ToString());
        var started = await service.AnswersAsync() is { Version: "1.1.0" } one ? one.Process : (int?)null;

        var resumed = (await service.RunAsync("resume")).Result<UpdateResult>();
        Assert.True((resumed.Status, resumed.To, resumed.Resumed) == (UpdateStatus.Kept, "1.1.0", true), $"{killed.KilledAt}: {Text(resumed)}");
        var answer = await service.AnswersAsync();
        Assert.Equal(("1.1.0", "1.1.0"), (answer?.Version, service.Link));
        Assert.Equal(started ?? answer!.Value.Process, answer!.Value.Process);
    }

    [Theory]
    [InlineData(26)]
    [InlineData(36)]
    public async Task A_killed_update_is_undone(int boundary)
    {
        Needs.Parts(Part.Wine);
        await using var service = await StartAsync(("1.1.0", "good"));
        var killed = await service.RunAsync("update", "1.1.0", boundary);
        Assert.True(killed.KilledAt is not null, killed.ToString());

        var undone = (await service.RunAsync("undo")).Result<UpdateResult>();
        Assert.True(undone.Status is UpdateStatus.Undone or UpdateStatus.Kept, $"{killed.KilledAt}: {Text(undone)}");
        Assert.Equal(("1.0.0", "1.0.0"), ((await service.AnswersAsync())?.Version, service.Link));
    }

    private static string Text(UpdateResult result) => EngineJson.Write(result, indented: true);

    /// <summary>1.0.0 is installed and runs.</summary>
    private async Task<WineService> StartAsync((string Version, string Behaviour) next)
    {
        var service = await WineService.CreateAsync(fixture);
        service.Publish("1.0.0", "good");
        service.Publish(next.Version, next.Behaviour);
        var installed = (await service.RunAsync("update", "1.0.0")).Result<UpdateResult>();
        Assert.True(installed.Status == UpdateStatus.Kept, Text(installed));
        return service;
    }
}
