using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Integration.Git;

/// <summary>A repository that somebody works on, and an application that takes its releases from it, in a folder whose name a shell would trip over.</summary>
internal sealed class GitRig : IDisposable
{
    private readonly TempFolder folder = new("gitrig-");

    private GitRig(GitWorkshop workshop) => Workshop = workshop;

    public GitWorkshop Workshop { get; }

    public LocalHost Host { get; } = new();

    public string App => folder["srv $(touch x) 'it'"];

    public string Copy => Path.Combine(App, "source/repository.git");

    public static async Task<GitRig> OpenAsync()
    {
        Needs.Parts(Part.Git);
        var rig = new GitRig(await GitWorkshop.OpenAsync());
        Directory.CreateDirectory(rig.App);
        return rig;
    }

    /// <param name="change">Of <c>releases:</c>; the address is the workshop's where it names none.</param>
    public (GitReleaseSource Source, GitRepository Repository) Open(Func<ReleasesDefinition, ReleasesDefinition>? change = null)
    {
        var releases = new ReleasesDefinition
        {
            Git = Workshop.Origin,
            Channels = new Dictionary<string, string> { ["main"] = "branch:main", ["stable"] = "v*", ["gone"] = "branch:mein" },
        };
        var definition = new AppDefinition
        {
            Name = "notes",
            Path = folder["notes.yaml"],
            Platform = new PlatformDefinition { Service = new ServiceDefinition { Directory = App, Command = ["./run"] } },
            Releases = change?.Invoke(releases) ?? releases,
        };
        var repository = GitRepository.For(definition, Host, new Secrets(Known))!;
        return (new GitReleaseSource("notes", definition.Releases, repository), repository);
    }

    /// <summary>Secrets by their references.</summary>
    public Dictionary<string, string> Known { get; } = [];

    public string this[string name] => folder[name];

    /// <summary>What would run after a release was installed.</summary>
    public static Deployment Installed(Release release) => new() { Name = "notes", Version = release.Version, Tag = release.Tag, Source = release.Source, Digest = release.Digest };

    public void Dispose()
    {
        Workshop.Dispose();
        folder.Dispose();
    }

    private sealed class Secrets(IReadOnlyDictionary<string, string> known) : ISecretResolver
    {
        public Task<string> ResolveAsync(string reference, CancellationToken cancellationToken) => Task.FromResult(known[reference]);
    }
}
