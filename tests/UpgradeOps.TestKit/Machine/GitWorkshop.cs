using System.Globalization;

namespace UpgradeOps.TestKit;

/// <summary>
/// Somebody who works on a repository: a checkout, from which commits, tags and branches go to a bare repository that others fetch from. Nobody's git
/// configuration is read or written; each commit is a minute after the one before.
/// </summary>
public sealed class GitWorkshop : IDisposable
{
    private readonly TempFolder _folder = new("git-");
    private DateTimeOffset _now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private GitWorkshop()
    {
    }

    /// <summary>The bare repository.</summary>
    public string Origin => _folder["origin.git"];

    public string Checkout => _folder["work"];

    /// <summary>What everybody's git must run with to be independent of this machine's configuration.</summary>
    public static IReadOnlyDictionary<string, string?> Environment { get; } = new Dictionary<string, string?>
    {
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_AUTHOR_NAME"] = "Ada",
        ["GIT_AUTHOR_EMAIL"] = "ada@example.org",
        ["GIT_COMMITTER_NAME"] = "Ada",
        ["GIT_COMMITTER_EMAIL"] = "ada@example.org",
        ["LC_ALL"] = "C",
    };

    public static async Task<GitWorkshop> OpenAsync()
    {
        var workshop = new GitWorkshop();
        await Command.OutputAsync("git", "init", "-q", "--bare", "-b", "main", workshop.Origin);
        await Command.OutputAsync("git", "init", "-q", "-b", "main", workshop.Checkout);
        await workshop.GitAsync("remote", "add", "origin", workshop.Origin);
        return workshop;
    }

    /// <summary>Writes files, commits all that there is, and pushes the branch.</summary>
    /// <returns>The commit's id.</returns>
    public async Task<string> CommitAsync(string subject, params (string Path, string Text)[] files)
    {
        foreach (var (path, text) in files)
        {
            var file = Path.Combine(Checkout, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, text);
        }

        await GitAsync("add", "-A");
        await GitAsync("commit", "-q", "--allow-empty", "-m", subject);
        await GitAsync("push", "-q", "--force", "origin", "HEAD");
        return (await GitAsync("rev-parse", "HEAD")).Trim();
    }

    /// <param name="annotation">Null for a plain name.</param>
    public async Task TagAsync(string name, string? annotation = null, params string[] options)
    {
        await GitAsync(annotation is null ? ["tag", "--force", .. options, name] : ["tag", "--force", "-a", "-m", annotation, .. options, name]);
        await GitAsync("push", "-q", "--force", "origin", $"refs/tags/{name}");
    }

    /// <summary>Runs git in the checkout; it must succeed.</summary>
    public async Task<string> GitAsync(params string[] arguments)
    {
        _now += TimeSpan.FromMinutes(1);
        var date = _now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) + " +0000";
        var command = new Command("git", ["-c", "protocol.file.allow=always", .. arguments])
        {
            Folder = Checkout,
            Environment = new Dictionary<string, string?>(Environment) { ["GIT_AUTHOR_DATE"] = date, ["GIT_COMMITTER_DATE"] = date },
        };
        return (await command.RunAsync()).Expect($"git {string.Join(' ', arguments)}");
    }

    public string this[string name] => _folder[name];

    public void Dispose() => _folder.Dispose();
}
