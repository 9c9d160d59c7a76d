using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Engine.Tests.Docker;

public sealed class DockerEndpointTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ssh://host")]
    [InlineData("/var/run/docker.sock")]
    [InlineData("")]
    public void An_address_that_is_not_understood_says_what_is(string address)
    {
        var e = Assert.Throws<AppException>(() => DockerEndpoint.Parse(address));
        Assert.Equal(ErrorIds.EngineUnreachable, e.ErrorId);
        Assert.Contains("unix://", e.Error.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unix:///nonexistent/docker.sock")]
    [InlineData("tcp://127.0.0.1:1")]
    public async Task An_engine_that_is_not_there_is_unreachable(string address)
    {
        await using var client = new DockerClient(DockerEndpoint.Parse(address), TimeProvider.System);
        var e = await Assert.ThrowsAsync<AppException>(() => client.PingAsync(Token));
        Assert.Equal(ErrorIds.EngineUnreachable, e.ErrorId);
        Assert.Equal(address, e.Error.Target);
    }
}
