using System.Diagnostics;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Integration.Git;

namespace UpgradeOps.Integration.Faults;

/// <summary>Faults of a repository, of what it holds, and of the build: the process that serves is the same before and after.</summary>
public sealed class GitFaultTests
{
    private const string Build = ", build: { steps: [ { run: [sh, build.sh] } ], copy: [ { from: out, to: . } ] }";

    private readonly Stopwatch _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_repository_that_cannot_be_had_or_was_rewritten()
    {
        Needs.Parts(Part.Git, Part.Ssh);
        await using var world = await GitServiceWorld.StartAsync(w => w.Workshop.Origin);
        await ExpectAsync(world, "git-tag", "v7.0.0");

        var silent = File.ReadAllText(world.Definition).Replace(world.Workshop.Origin, $"ssh://git@127.0.0.1:{FreePort.Next()}/x.git");
        var definition = File.ReadAllText(world.Definition);
        await File.WriteAllTextAsync(world.Definition, silent, Token);
        await ExpectAsync(world, "git-silent", "v1.0.0");
        await File.WriteAllTextAsync(world.Definition, definition, Token);

        Directory.Move(world.Workshop.Origin, world.Workshop["away.git"]);
        await ExpectAsync(world, "git-gone", "v1.0.0");
        Directory.Move(world.Workshop["away.git"], world.Workshop.Origin);

        await world.Workshop.GitAsync("commit", "-q", "--amend", "--allow-empty", "-m", "Rewritten");
        await world.Workshop.CommitAsync("On top of it");
        await ExpectAsync(world, "git-rewritten", channel: "main");

        // Between the plan and its run the commit vanishes everywhere.
        await world.ReleaseAsync("v1.1.0");
        var plan = await new PlanUpdate(world.Session).RunAsync(new UpdateOptions { Name = world.Definition, Version = "v1.1.0" }, Token);
        Directory.Delete(Path.Combine(world.Service, "source"), recursive: true);
        await world.Workshop.GitAsync("push", "-q", "origin", "--delete", "v1.1.0");
        await world.Workshop.GitAsync("reset", "-q", "--hard", "HEAD~1");
        await world.Workshop.CommitAsync("Something else");
        await ExpectAsync(world, "git-withdrawn", plan: plan);

        using var library = await GitWorkshop.OpenAsync();
        await library.CommitAsync("Library", ("lib.txt", "library"));
        await world.Workshop.GitAsync("submodule", "--quiet", "add", library.Origin, "lib");
        await world.Workshop.GitAsync("config", "--file", ".gitmodules", "submodule.lib.url", $"ssh://{Environment.UserName}@127.0.0.1:{world.Server.Port}{library.Origin}");
        await world.Workshop.GitAsync("-C", Path.Combine(world.Workshop.Checkout, "lib"), "commit", "-q", "--allow-empty", "-m", "Never pushed");
        await world.ReleaseAsync("v1.2.0");
        await ExpectAsync(world, "git-submodule", "v1.2.0");
    }

    [Fact]
    public async Task A_build_that_comes_to_nothing()
    {
        Needs.Parts(Part.Git, Part.Ssh);
        await using var world = await GitServiceWorld.StartAsync(w => w.Workshop.Origin, build: Build, first: w => PublishAsync(w, "v1.0.0"));
        foreach (var (key, version, more) in new[] { ("build-fails", "v1.1.0", "exit 3"), ("build-killed", "v1.2.0", "kill -9 $$"), ("build-empty", "v1.3.0", "rm -r out") })
        {
            await PublishAsync(world, version, more);
            await ExpectAsync(world, key, version);
        }

        await PublishAsync(world, "v1.4.0");
        await File.WriteAllTextAsync(world.Definition, File.ReadAllText(world.Definition).Replace("[sh, build.sh]", "[no-such-compiler, build.sh]"), Token);
        await ExpectAsync(world, "build-program", "v1.4.0");
    }

    private static async Task PublishAsync(GitServiceWorld world, string version, string more = "true")
    {
        await world.Workshop.CommitAsync(version, ("build.sh", $$"""mkdir -p out/www; printf '{"version":"%s"}' "$UPGRADEOPS_VERSION" >out/www/health; {{more}}"""));
        await world.Workshop.TagAsync(version);
    }

    private async Task ExpectAsync(GitServiceWorld world, string key, string? version = null, string? channel = null, UpdatePlan? plan = null)
    {
        var row = FaultTable.Row(key);
        var process = world.Process();
        _clock.Restart();
        FaultOutcome outcome;
        try
        {
            outcome = FaultOutcome.Of(await new UpdateApp(world.Session).RunAsync(new UpdateOptions { Name = world.Definition, Version = version, Channel = channel, Plan = plan }, Token));
        }
        catch (AppException e)
        {
            outcome = FaultOutcome.Of(e);
        }

        Assert.True(outcome.Status == row.Status && outcome.Error?.ErrorId == row.ErrorId, $"{key}: {outcome}");
        Assert.True(outcome.Told.Contains(row.Next!, StringComparison.Ordinal), $"{key} tells to do: {outcome.Told}");
        Assert.Equal((process, "v1.0.0"), (world.Process(), await world.RunningAsync()));
        Assert.Equal(["v1.0.0"], world.Releases());
        var status = await new GetStatus(world.Session).RunAsync(world.Definition, Token);
        Assert.True(status.PendingOperation is null && status.KnownBad.Count == 0, $"{key}: {status}");
        Assert.Null(await new GetLock(world.Session).RunAsync(world.Definition, Token));
        FaultReport.Add(row, outcome, _clock.Elapsed);
    }
}
