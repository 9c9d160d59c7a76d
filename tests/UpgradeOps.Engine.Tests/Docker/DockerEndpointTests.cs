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

    [Fact]
    public void The_engine_is_the_one_that_the_docker_command_would_use()
    {
        var folder = Directory.CreateTempSubdirectory("docker-config-");
        try
        {
            // The folder's name is the SHA-256 of "rootless".
            var id = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("rootless"u8));
            var meta = folder.CreateSubdirectory($"contexts/meta/{id}");
            File.WriteAllText(Path.Combine(meta.FullName, "meta.json"), """{"Name":"rootless","Endpoints":{"docker":{"Host":"unix:///run/user/1000/docker.sock"}}}""");
            File.WriteAllText(Path.Combine(folder.FullName, "config.json"), """{"auths":{},"currentContext":"rootless"}""");
            var variables = new Dictionary<string, string> { ["DOCKER_CONFIG"] = folder.FullName };

            Assert.Equal("unix:///run/user/1000/docker.sock", Find().Address);
            variables["DOCKER_CONTEXT"] = "default";
            Assert.EndsWith(OperatingSystem.IsWindows() ? "docker_engine" : "/var/run/docker.sock", Find().Address, StringComparison.Ordinal);
            variables["DOCKER_CONTEXT"] = "gone";
            Assert.Contains("gone", Assert.Throws<AppException>(Find).Message, StringComparison.Ordinal);
            variables["DOCKER_HOST"] = "tcp://10.0.0.1:2375";
            Assert.Equal("tcp://10.0.0.1:2375", Find().Address);

            DockerEndpoint Find() => DockerEndpoint.FromEnvironment(n => variables.GetValueOrDefault(n));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
