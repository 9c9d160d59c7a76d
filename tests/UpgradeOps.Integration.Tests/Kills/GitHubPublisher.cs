using UpgradeOps.Cli.Tests.Kills;

namespace UpgradeOps.Integration.Kills;

/// <summary>Publishes releases on GitHub, as archives that take a moment to fetch and to unpack.</summary>
internal sealed class GitHubPublisher(GitHubServer server) : IKillPublisher
{
    public string Releases => $"github: {{ repository: {GitHubServer.Repository}, asset: \"app-{{version}}.tar.gz\", api: \"{server.Api}\" }}";

    public static async Task<GitHubPublisher> StartAsync()
    {
        var server = await GitHubServer.StartAsync();
        server.Pause = TimeSpan.FromMilliseconds(5);
        return new GitHubPublisher(server);
    }

    public void Publish(string version, string folder)
    {
        var filler = new byte[2_000_000];
        new Random(1).NextBytes(filler);
        var files = Directory.GetFiles(folder).Select(f => (Path.GetFileName(f), File.ReadAllBytes(f))).Append(("filler", filler));
        server.Publish(ReleaseArchives.Release(version, ($"app-{version}.tar.gz", ReleaseArchives.TarGz(files))));
    }

    public void Leave(bool away)
    {
        server.Remaining = away ? 0 : int.MaxValue;
        server.StoreStatus = away ? 503 : null;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
