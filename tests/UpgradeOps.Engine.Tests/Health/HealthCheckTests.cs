using static UpgradeOps.Engine.Tests.Health.ScriptedApp;

namespace UpgradeOps.Engine.Tests.Health;

public class HealthCheckTests
{
    private readonly ScriptedApp app = new();

    [Fact]
    public async Task A_report_tells_version_and_instance()
    {
        var report = await app.Probe().CheckAsync(null, null, CancellationToken.None);

        Assert.Equal((true, "1.3.0", null, "kmp"), (report.Healthy, report.RunningVersion, report.Reason, report.Name));
        var check = Assert.Single(report.Checks);
        Assert.Equal(("http http://127.0.0.1:8080/health", true, 200, "new"), (check.Check, check.Passed, check.StatusCode, check.InstanceId));
    }

    [Fact]
    public async Task Whose_answer_it_is_stays_open_where_another_port_is_published()
    {
        app.Instances = _ => [New with { Endpoints = ["172.18.0.5", "127.0.0.1:9999"] }];

        Assert.Null(Assert.Single((await app.Probe().CheckAsync(null, null, CancellationToken.None)).Checks).InstanceId);
    }

    [Fact]
    public async Task From_container_asks_each_instance_at_its_own_address()
    {
        app.Instances = _ => [New, New with { Id = "second", DisplayName = "kmp-app-3", Endpoints = ["0.0.0.0:8081", "fd00::7"] }];
        var probe = app.Probe("health: [ { http: 'http://kmp.example.org:8080/health', from: container } ]");

        var report = await probe.CheckAsync(["new", "second"], null, CancellationToken.None);

        Assert.True(report.Healthy, report.Reason);
        Assert.Equal([("http://kmp.example.org:8080/health", "172.18.0.5"), ("http://kmp.example.org:8080/health", "fd00::7")], app.Addresses);
    }

    [Fact]
    public async Task From_container_needs_an_address()
    {
        app.Instances = _ => [New with { Endpoints = ["127.0.0.1:8080"] }];

        var report = await app.Probe("health: [ { http: 'http://x:8080/', from: container } ]").CheckAsync(null, null, CancellationToken.None);

        Assert.False(report.Healthy);
        Assert.Contains("no address of its own", report.Reason);
    }

    [Theory]
    [InlineData("{\"version\":\"1.3.0\"", "the answer is no JSON")]
    [InlineData("{}", "the answer has no 'version'")]
    [InlineData("[1]", "the answer has no 'version'")]
    [InlineData("{\"version\":null}", "'version' in the answer is no version")]
    [InlineData("<html>", "the answer is no JSON")]
    [InlineData("", "the answer is no JSON")]
    public async Task An_answer_without_the_declared_version_fails(string body, string why)
    {
        app.Answer = _ => new() { Status = 200, Body = body };

        var report = await app.Probe().CheckAsync(["new"], "1.3.0", CancellationToken.None);

        Assert.False(report.Healthy);
        Assert.Contains(why, report.Reason);
    }

    [Fact]
    public async Task A_dotted_path_leads_to_the_version()
    {
        app.Answer = _ => new() { Status = 200, Body = """{"build":{"number":2.5}}""" };

        var report = await app.Probe("health: [ { http: 'http://x/', version: build.number } ]").CheckAsync(null, null, CancellationToken.None);

        Assert.Equal((true, "2.5"), (report.Healthy, report.RunningVersion));
    }

    [Fact]
    public async Task All_checks_must_pass()
    {
        var probe = app.Probe("health: [ { http: 'http://x/a' }, { http: 'http://x/b', status: 204 } ]");

        var report = await probe.CheckAsync(null, null, CancellationToken.None);

        Assert.Equal((false, true, false), (report.Healthy, report.Checks[0].Passed, report.Checks[1].Passed));
        Assert.Contains("http http://x/b: it answers 200, not 204", report.Reason);
    }

    [Fact]
    public async Task What_does_not_run_is_not_asked()
    {
        app.Instances = _ => [Old];

        var report = await app.Probe().CheckAsync(null, null, CancellationToken.None);

        Assert.Equal((false, 0, "no instance of kmp is running"), (report.Healthy, app.Asked, report.Reason));
        Assert.Contains("not asked", Assert.Single(report.Checks).Detail);
    }

    [Fact]
    public async Task Without_a_declared_check_nothing_is_called_healthy()
    {
        var report = await app.Probe("health: []").CheckAsync(null, null, CancellationToken.None);

        Assert.False(report.Healthy);
        Assert.Contains("no health check is declared", report.Reason);
    }

    [Fact]
    public async Task A_job_that_runs_beside_is_no_stranger_and_is_not_asked()
    {
        app.Instances = _ => [New, New with { Id = "job", Service = "migrate", Endpoints = [] }];

        Assert.True((await app.Probe().CheckAsync(["new"], "1.3.0", CancellationToken.None)).Healthy);
        Assert.True((await app.Probe().CheckAsync(null, "1.3.0", CancellationToken.None)).Healthy);
    }

    [Fact]
    public async Task A_worker_that_moved_along_must_run_but_is_not_asked()
    {
        var worker = New with { Id = "worker", DisplayName = "kmp-worker-1", Service = "worker", Endpoints = ["172.18.0.9"] };
        var probe = app.Probe("health: [ { http: 'http://x:8080/', from: container } ]");

        app.Instances = _ => [New, worker];
        Assert.True((await probe.CheckAsync(["new", "worker"], null, CancellationToken.None)).Healthy);
        Assert.DoesNotContain(app.Addresses, a => a.Address == "172.18.0.9");

        app.Instances = _ => [New, worker with { State = "exited", ExitCode = 1 }];
        Assert.Contains("kmp-worker-1 ended with exit code 1", (await probe.CheckAsync(["new", "worker"], null, CancellationToken.None)).Reason);
    }
}
