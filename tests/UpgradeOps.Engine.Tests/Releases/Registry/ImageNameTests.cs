using UpgradeOps.Engine.Releases.Registry;

namespace UpgradeOps.Engine.Tests.Releases.Registry;

public class ImageNameTests
{
    [Theory]
    [InlineData("nginx", "docker.io", "library/nginx", "https://registry-1.docker.io/")]
    [InlineData("docker.io/nginx", "docker.io", "library/nginx", "https://registry-1.docker.io/")]
    [InlineData("index.docker.io/grafana/grafana", "docker.io", "grafana/grafana", "https://registry-1.docker.io/")]
    [InlineData("registry-1.docker.io/library/nginx", "docker.io", "library/nginx", "https://registry-1.docker.io/")]
    [InlineData("grafana/grafana", "docker.io", "grafana/grafana", "https://registry-1.docker.io/")]
    [InlineData("ghcr.io/jhandel/kmp", "ghcr.io", "jhandel/kmp", "https://ghcr.io/")]
    [InlineData("localhost/kmp", "localhost", "kmp", "https://localhost/")]
    [InlineData("localhost:5000/a/b/c", "localhost:5000", "a/b/c", "https://localhost:5000/")]
    [InlineData("registry.example.org:5443/team/kmp__x-y.z", "registry.example.org:5443", "team/kmp__x-y.z", "https://registry.example.org:5443/")]
    [InlineData("[::1]:5000/kmp", "[::1]:5000", "kmp", "https://[::1]:5000/")]
    public void Is_split_as_Docker_splits_it(string text, string registry, string repository, string address)
    {
        var name = ImageName.Parse(text);
        Assert.Equal((registry, repository), (name.Registry, name.Repository));
        Assert.Equal(new Uri(address), name.BaseAddress(tls: true));
        Assert.Equal(text, name.ToString());
    }

    [Theory]
    [InlineData("localhost/kmp", true)]
    [InlineData("127.0.0.1:5000/kmp", true)]
    [InlineData("127.8.9.1/kmp", true)]
    [InlineData("[::1]:5000/kmp", true)]
    [InlineData("localhost.example.org/kmp", false)]
    [InlineData("128.0.0.1:5000/kmp", false)]
    [InlineData("ghcr.io/kmp", false)]
    [InlineData("nginx", false)]
    public void Only_loopback_may_be_asked_without_tls(string text, bool loopback) => Assert.Equal(loopback, ImageName.Parse(text).IsLoopback);

    [Theory]
    [InlineData("nginx:1.27", "tag or digest")]
    [InlineData("ghcr.io/a/b@sha256:0123", "tag or digest")]
    [InlineData("ghcr.io/Team/kmp", "lower case")]
    [InlineData("ghcr.io/a//b", "lower case")]
    [InlineData("ghcr.io/../b", "lower case")]
    [InlineData("ghcr.io/", "lower case")]
    [InlineData("", "lower case")]
    [InlineData("a b", "lower case")]
    [InlineData("user@ghcr.io/a", "no host name")]
    [InlineData("ghcr.io:port/a", "no host name")]
    [InlineData("https://ghcr.io/a", "without https://")]
    public void Anything_else_is_refused_with_the_reason(string text, string reason)
    {
        var error = Assert.Throws<AppException>(() => ImageName.Parse(text));
        Assert.Equal(ErrorIds.DefinitionInvalid, error.ErrorId);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
