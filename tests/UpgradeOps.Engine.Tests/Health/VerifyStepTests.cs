using static UpgradeOps.Engine.Tests.Health.ScriptedApp;

namespace UpgradeOps.Engine.Tests.Health;

public class VerifyStepTests
{
    private readonly ScriptedApp app = new();

    [Fact]
    public async Task Two_verified_answers_in_a_row_are_health_and_the_first_one_is_its_time()
    {
        app.Answer = at => at < TimeSpan.FromSeconds(3) ? Refused : Healthy("1.3.0");

        var memory = await app.RunAsync(app.Probe());

        var healthyAt = DateTimeOffset.Parse(memory.OutputsOf("health.verify")["healthyAt"]);
        Assert.InRange(healthyAt - LeapingTime.Start, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3.5));
        Assert.InRange(app.Time.Elapsed, healthyAt - LeapingTime.Start + TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(4));
        Assert.EndsWith("+00:00", memory.OutputsOf("health.verify")["healthyAt"]);
        Assert.Contains("\"new\"", memory.OutputsOf("health.verify")["verified"]);
        Assert.Contains(memory.Told, t => t.Contains("Connection refused"));
    }

    [Fact]
    public async Task An_answer_now_and_then_is_not_health()
    {
        var turn = 0;
        app.Answer = _ => turn++ % 2 == 0 ? Healthy("1.3.0") : Refused;

        var e = await app.FailsAsync(app.Probe());

        Assert.Equal(ErrorIds.NotHealthy, e.ErrorId);
        Assert.InRange(app.Time.Elapsed.TotalSeconds, 60, 61);
    }

    [Fact]
    public async Task An_address_that_never_answers_is_given_up_at_the_declared_time()
    {
        app.Answer = _ => Refused;

        var e = await app.FailsAsync(app.Probe());

        Assert.Equal((ErrorIds.NotHealthy, "kmp"), (e.ErrorId, e.Error.Target));
        Assert.Contains("kmp v1.3.0 is not healthy after 60", e.Message);
        Assert.Contains("http http://127.0.0.1:8080/health: Connection refused", e.Message);
        Assert.InRange(app.Time.Elapsed.TotalSeconds, 60, 61);
    }

    [Fact]
    public async Task A_server_error_may_still_become_health()
    {
        app.Answer = at => at < TimeSpan.FromSeconds(40) ? new() { Status = 503, Body = "starting" } : Healthy("1.3.0");

        await app.RunAsync(app.Probe());

        Assert.InRange(app.Time.Elapsed.TotalSeconds, 40, 42);
    }

    [Fact]
    public async Task An_old_instance_that_still_answers_healthy_proves_nothing()
    {
        app.Instances = _ => [Old with { State = "running", Endpoints = ["127.0.0.1:8080"] }, New with { Endpoints = [] }];

        var e = await app.FailsAsync(app.Probe("health: [ { http: 'http://127.0.0.1:8080/health' } ]"));

        Assert.Equal(ErrorIds.WrongInstance, e.ErrorId);
        Assert.Contains("kmp-app-1", e.Message);
        Assert.Equal(0, app.Asked);
        Assert.InRange(app.Time.Elapsed.TotalSeconds, 3, 4);
    }

    [Fact]
    public async Task An_answer_during_which_the_instance_restarted_does_not_count()
    {
        // Each look sees another life: it restarts between any two.
        app.Instances = _ => [New with { StartedAt = $"t{app.Looks}" }];

        var e = await app.FailsAsync(app.Probe());

        Assert.Equal(ErrorIds.WrongInstance, e.ErrorId);
        Assert.Contains("restarted while it was asked", e.Message);
    }

    [Fact]
    public async Task Two_answers_from_two_lives_are_not_two_in_a_row()
    {
        app.Instances = at => [New with { StartedAt = at < TimeSpan.FromSeconds(1) ? $"t{app.Time.Elapsed}" : "stable" }];

        await app.RunAsync(app.Probe());

        Assert.InRange(app.Time.Elapsed.TotalSeconds, 1, 2);
    }

    [Fact]
    public async Task An_instance_that_ended_is_told_at_once_with_its_last_words()
    {
        app.Instances = at => [at < TimeSpan.FromSeconds(1) ? New : New with { State = "exited", ExitCode = 3 }, Old];
        app.Answer = _ => Refused;
        app.Log.AddRange([Line("kmp-app-1", "all fine"), Line("kmp-app-2", "connecting to the database"), Line("kmp-app-2", "fatal: migration 7 failed")]);

        var e = await app.FailsAsync(app.Probe());

        Assert.Equal(ErrorIds.InstanceExited, e.ErrorId);
        Assert.Contains("kmp-app-2 ended with exit code 3", e.Message);
        Assert.Contains("connecting to the database | fatal: migration 7 failed", e.Message);
        Assert.DoesNotContain("all fine", e.Message);
        Assert.InRange(app.Time.Elapsed.TotalSeconds, 1, 2);
    }

    [Fact]
    public async Task A_restart_loop_is_told_within_seconds()
    {
        // Docker doubles its pauses from 100 ms: restarts 1, 2, 3 happen within the first second.
        app.Instances = at => [New with { State = "restarting", ExitCode = 1, RestartCount = (int)Math.Log2(1 + at.TotalMilliseconds / 100) }];

        var e = await app.FailsAsync(app.Probe());

        Assert.Equal(ErrorIds.InstanceExited, e.ErrorId);
        Assert.Contains("again and again (3 restarts, exit code 1)", e.Message);
        Assert.InRange(app.Time.Elapsed.TotalSeconds, 0.5, 5);
    }

    [Fact]
    public async Task One_restart_at_the_start_is_forgiven()
    {
        app.Instances = at => [New with { RestartCount = at < TimeSpan.FromSeconds(1) ? 0 : 1, StartedAt = at < TimeSpan.FromSeconds(1) ? "t1" : "t2" }];
        app.Answer = at => at < TimeSpan.FromSeconds(2) ? Refused : Healthy("1.3.0");

        await app.RunAsync(app.Probe());
    }

    [Fact]
    public async Task The_right_instance_with_the_wrong_version_is_given_up_after_seconds()
    {
        app.Answer = _ => Healthy("1.2.3");

        var e = await app.FailsAsync(app.Probe());

        Assert.Equal(ErrorIds.WrongVersion, e.ErrorId);
        Assert.Contains("it answers with version 1.2.3, not v1.3.0", e.Message);
        Assert.InRange(app.Time.Elapsed.TotalSeconds, 3, 4);
    }

    [Fact]
    public async Task An_instance_that_is_gone_is_given_up_after_seconds()
    {
        app.Instances = _ => [Old];

        var e = await app.FailsAsync(app.Probe());

        Assert.Equal(ErrorIds.WrongInstance, e.ErrorId);
        Assert.Contains("instance new that was started for this is gone", e.Message);
        Assert.InRange(app.Time.Elapsed.TotalSeconds, 3, 4);
    }

    [Fact]
    public async Task The_platforms_own_verdict_counts()
    {
        app.Instances = _ => [New with { Health = "unhealthy" }];

        var e = await app.FailsAsync(app.Probe());

        Assert.Equal(ErrorIds.NotHealthy, e.ErrorId);
        Assert.Contains("the platform calls kmp-app-2 unhealthy", e.Message);
        Assert.InRange(app.Time.Elapsed.TotalSeconds, 3, 4);
    }

    [Fact]
    public async Task A_moving_tag_compares_no_version_and_says_so()
    {
        app.Answer = _ => Healthy("whatever");

        var memory = await app.RunAsync(app.Probe(), version: "nightly");

        Assert.Contains("'nightly' is a moving tag", memory.OutputsOf("health.verify")["note"]);
        Assert.Contains(memory.Told, t => t.Contains("'nightly' is a moving tag"));
    }

    [Fact]
    public async Task Without_a_check_the_platform_alone_is_watched_for_five_seconds_and_it_is_said()
    {
        app.Instances = at => [New with { State = at < TimeSpan.FromSeconds(2) ? "created" : "running" }];
        var probe = app.Probe("health: []");

        Assert.False(probe.Declared);
        var memory = await app.RunAsync(probe);

        Assert.Equal(0, app.Asked);
        Assert.InRange(app.Time.Elapsed.TotalSeconds, 7, 8);
        Assert.InRange((DateTimeOffset.Parse(memory.OutputsOf("health.verify")["healthyAt"]) - LeapingTime.Start).TotalSeconds, 2, 2.6);
        Assert.Contains("no health check is declared", memory.OutputsOf("health.verify")["note"]);
    }

    [Fact]
    public async Task Without_a_check_the_platforms_own_one_must_be_healthy()
    {
        app.Instances = at => [New with { Health = at < TimeSpan.FromSeconds(10) ? "starting" : "healthy" }];

        await app.RunAsync(app.Probe("health: []"));

        Assert.InRange(app.Time.Elapsed.TotalSeconds, 15, 16);
    }

    [Fact]
    public async Task A_platform_that_cannot_be_looked_at_for_a_moment_is_waited_for()
    {
        app.Instances = at => at < TimeSpan.FromSeconds(10) ? throw new AppException(ErrorIds.EngineUnreachable, "engine restarts") : [New];

        await app.RunAsync(app.Probe());
        Assert.InRange(app.Time.Elapsed.TotalSeconds, 10, 11);
    }

    [Fact]
    public async Task Without_recorded_instances_whatever_runs_now_must_be_healthy()
    {
        var memory = new StepMemory(app.Time, null);
        app.Instances = _ => [New, Old];

        await app.RunAsync(app.Probe(), version: null, memory: memory);

        Assert.Contains("\"new\"", memory.OutputsOf("health.verify")["verified"]);
    }

    private static LogLine Line(string instance, string text) => new() { Name = "kmp", Instance = instance, Message = text };
}
