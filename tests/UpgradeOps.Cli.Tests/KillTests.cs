using System.Text.Json;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Tests;

/// <summary>
/// The console really killed (SIGKILL) as soon as it tells that it has come to a point; whatever it did after that is as it may be.
/// Then somebody resumes or undoes, or is killed too: it always ends in the old or in the new version, whole.
/// </summary>
public sealed class KillTests : IAsyncDisposable
{
    private static readonly string[] Forward =
    [
        "StepStarted service.stage", "StepDone service.stage", "StepStarted service.stop", "StepDone service.stop", "StepStarted service.link",
        "StepDone service.link", "StepStarted service.start", "StepDone service.start", "StepStarted health.verify", "StepDone health.verify",
    ];

    private static readonly string[] Back =
    [
        "StepFailed service.start", "Undoing service.start", "StepUndone service.start", "Undoing service.link", "StepUndone service.link",
        "Undoing service.stop", "StepUndone service.stop", "Undoing service.stage", "StepUndone service.stage",
    ];

    private readonly Task<ServiceInstallation> installing = ServiceInstallation.CreateAsync();

    public static TheoryData<string> ForwardPoints => [.. Forward];

    public static TheoryData<string> BackPoints => [.. Back];

    /// <summary>The same sample in every run.</summary>
    public static TheoryData<string, string> Pairs
    {
        get
        {
            var random = new Random(20260219);
            var data = new TheoryData<string, string>();
            foreach (var first in random.GetItems(Forward, 6))
                data.Add(first, random.GetItems(Forward[4..], 1)[0]);
            return data;
        }
    }

    public async ValueTask DisposeAsync() => await (await installing).DisposeAsync();

    [Theory]
    [MemberData(nameof(ForwardPoints))]
    public async Task Resumed_it_ends_in_the_new_version(string point)
    {
        var app = await installing;
        await KillAsync(app, point, "update", "app", "--version", "1.1.0");

        await ResumeAsync(app, UpdateStatus.Kept);

        await app.AssertRunsAsync("1.1.0");
    }

    [Theory]
    [MemberData(nameof(ForwardPoints))]
    public async Task Undone_it_ends_in_the_old_version(string point)
    {
        var app = await installing;
        await KillAsync(app, point, "update", "app", "--version", "1.1.0");

        var undone = await new UndoUpdate(app.Session).RunAsync(new UndoOptions { Name = "app" }, CancellationToken.None);

        // An update that had come to its end before the kill is taken back as a kept one.
        Assert.True(undone.Status is UpdateStatus.Undone or UpdateStatus.Kept, undone.Error?.Message);
        await app.AssertRunsAsync("1.0.0");
    }

    [Theory]
    [MemberData(nameof(BackPoints))]
    public async Task Killed_on_its_way_back_it_goes_on_back(string point)
    {
        var app = await installing;
        await KillAsync(app, point, "update", "app", "--version", "1.2.0");

        await ResumeAsync(app, UpdateStatus.Undone);

        await app.AssertRunsAsync("1.0.0");
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task The_resume_may_be_killed_too(string first, string second)
    {
        var app = await installing;
        await KillAsync(app, first, "update", "app", "--version", "1.1.0");
        await KillAsync(app, second, "resume", "app");

        await ResumeAsync(app, UpdateStatus.Kept);

        await app.AssertRunsAsync("1.1.0");
    }

    private static async Task ResumeAsync(ServiceInstallation app, UpdateStatus expected)
    {
        var status = await new GetStatus(app.Session).RunAsync("app", CancellationToken.None);
        if (status.PendingOperation is null)
            return;
        var result = await new ResumeUpdate(app.Session).RunAsync(new ResumeOptions { Name = "app" }, CancellationToken.None);
        Assert.True(result.Status == expected, $"{result.Status} {result.Error?.Message}");
        Assert.True(result.Resumed);
    }

    private static async Task KillAsync(ServiceInstallation app, string point, params string[] arguments)
    {
        var (kind, step) = (point.Split(' ')[0], point.Split(' ')[1]);
        using var process = Cli.Start([.. arguments, .. app.Globals, "--json", "--progress", "json"]);
        _ = process.StandardOutput.ReadToEndAsync();
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (!line.StartsWith('{'))
                continue;
            using var progress = JsonDocument.Parse(line);
            if (progress.RootElement.GetProperty("kind").GetString() == kind
                && progress.RootElement.TryGetProperty("stepId", out var id) && id.GetString()!.Contains($"/{step}#", StringComparison.Ordinal))
            {
                break;
            }
        }

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
