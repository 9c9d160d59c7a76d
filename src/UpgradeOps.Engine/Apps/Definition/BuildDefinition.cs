using System.Security.Cryptography;
using System.Text;
using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.Apps.Definition;

/// <summary>How a commit becomes a release folder.</summary>
internal sealed record BuildDefinition
{
    /// <summary>Run one after the other; the first that fails ends the build.</summary>
    public IReadOnlyList<BuildStepDefinition> Steps { get; init; } = [];

    /// <summary>Added to the environment of every step.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What of the built tree goes into the release folder.</summary>
    public IReadOnlyList<BuildCopyDefinition> Copy { get; init; } = [];

    /// <summary><c>user</c> or <c>user:group</c> to whom the release folder is given; null for whoever runs UpgradeOps.</summary>
    public string? Owner { get; init; }

    /// <summary>True to begin each build without what earlier ones left: caches, packages.</summary>
    public bool Fresh { get; init; }

    /// <summary>The folders of the tree that become a folder of the release, if all of it was there before the build.</summary>
    public IEnumerable<string> SourcesOf(string folder) => Copy.Select(c => c.SourceOf(folder)).OfType<string>();

    /// <summary>What it is recognised by: a folder that another build made is another release.</summary>
    public string Hash() => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(EngineJson.Canonical(this)))).ToLowerInvariant();
}

internal sealed record BuildStepDefinition
{
    /// <summary>The program and its arguments.</summary>
    public required IReadOnlyList<string> Run { get; init; }

    /// <summary>Where, below the tree's root.</summary>
    public string In { get; init; } = ".";

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);
}

internal sealed record BuildCopyDefinition
{
    /// <summary>A file or a folder below the tree's root.</summary>
    public required string From { get; init; }

    /// <summary>Where it goes, below the release's folder: a folder's content, or a file under this name (into this folder, when it ends with a slash).</summary>
    public required string To { get; init; }

    /// <summary>Octal, of the file, or of every file of the folder; null for what the build gave it.</summary>
    public string? Mode { get; init; }

    /// <returns>Null for a folder that is not below <see cref="To"/>.</returns>
    public string? SourceOf(string folder)
    {
        var (from, to, wanted) = (Parts(From), Parts(To), Parts(folder));
        return to.Length > wanted.Length || !to.SequenceEqual(wanted[..to.Length]) ? null
            : from.Length + wanted.Length == to.Length ? "."
            : string.Join('/', from.Concat(wanted[to.Length..]));
    }

    private static string[] Parts(string path) => [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".")];
}
