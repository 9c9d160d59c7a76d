using UpgradeOps.Engine.Health;
using UpgradeOps.Engine.Tests.Apps;
using static UpgradeOps.Engine.Tests.Health.ScriptedApp;

namespace UpgradeOps.Engine.Tests.Health;

public class BakeStepTests
{
    private readonly ScriptedApp app = new();

    [Fact]
    public async Task A_version_that_stays_healthy_is_watched_for_the_declared_time()
    {
        await WatchAsync();

        Assert.InRange(app.Time.Elapsed.TotalSeconds, 30, 31.5);
        Assert.InRange(app.Asked, 30, 40);
    }

    [Fact]
    public async Task An_instance_that_dies_while_it_is_watched_fails_at_once()
    {
        app.Instances = at => [at < TimeSpan.FromSeconds(10) ? New : New with { State = "exited", ExitCode = 137 }];

        var e = await Assert.ThrowsAsync<AppException>(WatchAsync);

        Assert.Equal(ErrorIds.InstanceExited, e.ErrorId);
        Assert.Contains("exit code 137", e.Message);
        Assert.InRange(app.Time.Elapsed.TotalSeconds, 10, 11.5);
    }

    [Fact]
    public async Task A_restart_fails_even_when_it_answers_again()
    {
        app.Instances = at => [at < TimeSpan.FromSeconds(10) ? New : New with { StartedAt = "t2", RestartCount = 1 }];

        var e = await Assert.ThrowsAsync<AppException>(WatchAsync);

        Assert.Equal(ErrorIds.InstanceExited, e.ErrorId);
        Assert.Contains("was restarted after it had been verified", e.Message);
    }

    [Fact]
    public async Task A_restart_between_verifying_and_watching_is_seen()
    {
        var probe = app.Probe();
        var memory = await app.RunAsync(probe);
        app.Instances = _ => [New with { StartedAt = "t2" }];

        var e = await app.FailsAsync(probe, "health.bake", memory: memory);

        // It did not end by itself, so the version is not to blame.
        Assert.Equal(ErrorIds.WrongInstance, e.ErrorId);
    }

    [Fact]
    public async Task One_failed_check_is_forgiven_and_two_in_a_row_are_not()
    {
        var bad = 5;
        var asked = 0;
        app.Answer = _ => ++asked == bad ? new() { Status = 500 } : Healthy("1.3.0");
        await WatchAsync();

        asked = 0;
        app.Answer = _ => ++asked >= bad ? new() { Status = 500, Body = "out of memory" } : Healthy("1.3.0");
        var e = await Assert.ThrowsAsync<AppException>(WatchAsync);

        Assert.Equal(ErrorIds.NotHealthy, e.ErrorId);
        Assert.Contains("it answers 500, not 200 (out of memory)", e.Message);
    }

    [Theory]
    [InlineData(10, 20, 30)]
    [InlineData(25, 70, 70)]
    public async Task A_way_to_the_host_that_breaks_is_not_held_against_it_and_it_is_kept_when_it_answers_again(int from, int to, int kept)
    {
        app.Answer = at => at.TotalSeconds >= from && at.TotalSeconds < to ? Lost : Healthy("1.3.0");

        await WatchAsync();

        Assert.InRange(app.Time.Elapsed.TotalSeconds, kept, kept + 1.5);
    }

    [Fact]
    public async Task A_way_that_stays_broken_ends_the_watch_by_its_own_error()
    {
        app.Answer = at => at.TotalSeconds >= 10 ? Lost : Healthy("1.3.0");

        var e = await Assert.ThrowsAsync<AppException>(WatchAsync);

        Assert.Equal(ErrorIds.HostConnectionLost, e.ErrorId);
        Assert.Contains("could not be asked how it is", e.Message);
        Assert.InRange(app.Time.Elapsed.TotalSeconds, 130, 133);
    }

    [Fact]
    public async Task A_host_that_stays_away_ends_the_watch_at_once()
    {
        app.Instances = at => at.TotalSeconds < 10 ? [New] : throw new AppException(ErrorIds.HostUnreachable, "ssh://host cannot be reached.");

        Assert.Equal(ErrorIds.HostUnreachable, (await Assert.ThrowsAsync<AppException>(WatchAsync)).ErrorId);
        Assert.InRange(app.Time.Elapsed.TotalSeconds, 10, 11.5);
    }

    [Fact]
    public async Task Another_version_that_answers_later_fails()
    {
        app.Answer = at => Healthy(at < TimeSpan.FromSeconds(10) ? "1.3.0" : "1.2.0");

        Assert.Equal(ErrorIds.WrongVersion, (await Assert.ThrowsAsync<AppException>(WatchAsync)).ErrorId);
    }

    [Fact]
    public void Nothing_is_watched_where_no_time_is_declared()
    {
        var without = new HealthProbe(Definitions.Parse(Definitions.Compose), app, app.Time);

        Assert.Equal(["health.verify"], without.Plan("v1").Select(s => s.Kind));
        Assert.Equal(["health.verify", "health.bake"], app.Probe().Plan("v1").Select(s => s.Kind));
    }

    private async Task WatchAsync()
    {
        var probe = app.Probe();
        var memory = await app.RunAsync(probe);
        await app.RunAsync(probe, "health.bake", memory: memory);
    }
}
