using System.Text;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Work;
using UpgradeOps.Engine.Tests.Hosts;

namespace UpgradeOps.Integration.Hosts;

public sealed class SshWorkTests : DetachedWorkContract, IClassFixture<SshFixture>
{
    private readonly SshFixture _fixture;

    public SshWorkTests(SshFixture fixture)
    {
        Needs.Parts(Part.Ssh);
        _fixture = fixture;
        Host = fixture.Open();
    }

    private protected override IHost Host { get; }

    public override void Dispose()
    {
        Host.DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose();
    }

    [Fact]
    public async Task It_survives_its_connection_is_followed_on_the_next_and_its_result_is_known()
    {
        await using var server = await SshServer.StartAsync();
        await using var host = _fixture.Open(server);
        var work = new DetachedWork(host, Folder["build"], TimeProvider.System);
        await work.StartAsync(Shell($"echo one; while [ ! -f '{Folder["go"]}' ]; do sleep 0.05; done; echo two; exit 5"), Token);
        using var log = new MemoryStream();
        var following = work.FollowAsync(0, log, Token);
        await Until.TrueAsync(() => Task.FromResult(log.Length > 0), TimeSpan.FromSeconds(60), "the log's first line", Token);

        await server.GoAwayAsync();
        File.WriteAllText(Folder["go"], "");
        await Until.TrueAsync(() => Task.FromResult(File.Exists(Folder["build/code"])), TimeSpan.FromSeconds(60), "the end over there", Token);
        Assert.False(following.IsCompleted);
        await server.StartAgainAsync();

        var state = await following;
        Assert.Equal((WorkPhase.Ended, 5), (state.Phase, state.ExitCode));
        Assert.Equal("one\ntwo\n", Encoding.UTF8.GetString(log.ToArray()));
    }
}
