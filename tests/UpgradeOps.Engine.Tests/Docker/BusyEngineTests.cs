using System.Collections.Concurrent;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Tests.Releases.Doubles;

namespace UpgradeOps.Engine.Tests.Docker;

/// <summary>An engine that is busy with a container, or with itself, answers at first with what it may not mean.</summary>
public sealed class BusyEngineTests : IAsyncDisposable
{
    private const string Running = """{"Id":"c1","State":{"Status":"running","Running":true},"HostConfig":{},"Config":{}}""";
    private const string Ended = """{"Id":"c1","State":{"Status":"exited","Running":false},"HostConfig":{},"Config":{}}""";

    private readonly ConcurrentQueue<FakeReply> _refusals = new();
    private readonly FakeServer _engine;
    private string _container = Running;

    public BusyEngineTests() => _engine = new FakeServer(Answer);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task A_stop_that_saw_no_exit_event_is_asked_for_again()
    {
        Refuse(500, "cannot stop container: c1: tried to kill container, but did not receive an exit event");
        await using var client = Open();
        await client.StopContainerAsync("c1", null, Token);
        Assert.Equal(2, Asked("/stop"));
    }

    [Fact]
    public async Task A_stop_that_came_true_meanwhile_is_done()
    {
        Refuse(500, "did not receive an exit event");
        _container = Ended;
        await using var client = Open();
        await client.StopContainerAsync("c1", null, Token);
        Assert.Equal(1, Asked("/stop"));
    }

    [Fact]
    public async Task A_removal_by_somebody_else_and_a_busy_mount_are_waited_out()
    {
        Refuse(409, "removal of container c1 is already in progress");
        Refuse(500, "driver overlay2 failed to remove root filesystem: device or resource busy");
        await using var client = Open();
        await client.RemoveContainerAsync("c1", withVolumes: false, Token);
        Assert.Equal(3, Asked("DELETE"));
    }

    [Fact]
    public async Task What_ran_before_is_started_again_once_its_port_is_free()
    {
        Refuse(500, "driver failed programming external connectivity: port is already allocated");
        _container = Ended;
        await using var client = Open();
        await client.StartAgainAsync("c1", Token);
        Assert.Equal(2, Asked("/start"));
    }

    [Fact]
    public async Task What_a_new_container_is_refused_with_is_told_at_once()
    {
        Refuse(500, "exec: no such file");
        await using var client = Open();
        var e = await Assert.ThrowsAsync<AppException>(() => client.StartContainerAsync("c1", Token));
        Assert.Equal(ErrorIds.EngineFailed, e.ErrorId);
        Assert.Equal(1, Asked("/start"));
    }

    [Fact]
    public async Task An_engine_that_has_answered_before_is_waited_for()
    {
        var down = false;
        var address = DockerEndpoint.Parse($"tcp://{_engine.Host}");
        await using var client = new DockerClient(new DockerEndpoint("test", token => down ? throw new IOException("refused") : address.ConnectAsync(token)), TimeProvider.System);
        await client.InspectContainerAsync("c1", Token);
        down = true;
        // More than the connection that is open can carry at once.
        var asking = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.InspectContainerAsync("c1", Token)));
        await Task.WhenAny(asking, Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Token));
        down = false;
        Assert.All(await asking, c => Assert.Equal("c1", c!.Id));
    }

    [Fact]
    public async Task An_engine_that_never_answered_is_told_at_once()
    {
        await using var client = new DockerClient(DockerEndpoint.Parse("unix:///nowhere/docker.sock"), TimeProvider.System);
        Assert.Equal(ErrorIds.EngineUnreachable, (await Assert.ThrowsAsync<AppException>(() => client.InspectContainerAsync("c1", Token))).ErrorId);
    }

    private DockerClient Open() => new(DockerEndpoint.Parse($"tcp://{_engine.Host}"), TimeProvider.System);

    private int Asked(string what) => _engine.Requests.Count(r => $"{r.Method} {r.Path}".Contains(what, StringComparison.Ordinal));

    private void Refuse(int status, string message) => _refusals.Enqueue(new FakeReply(status, $$"""{"message":"{{message}}"}"""));

    private FakeReply Answer(FakeRequest request) => request switch
    {
        { Method: "GET", Path: "/_ping" } => new FakeReply(200, "OK", ("Api-Version", "1.41")),
        { Method: "GET" } => new FakeReply(200, _container),
        _ => _refusals.TryDequeue(out var refusal) ? refusal : new FakeReply(204),
    };
}
