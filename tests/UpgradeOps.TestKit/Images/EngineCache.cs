using System.Collections.Concurrent;

namespace UpgradeOps.TestKit;

/// <summary>
/// Keeps the big layers in the engine while each test's images come and go: a later pull then finds them and takes no time.
/// Releases themselves are never kept, so that a test can see whether something else held one.
/// </summary>
public static class EngineCache
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Held = new();

    public static Task HoldAsync(string repository, Image image) =>
        Held.GetOrAdd($"{repository}@{image.Id}", _ => new Lazy<Task<string>>(() => LocalImage.LoadAsync(repository, image))).Value;

    /// <summary>Removes the images that came from a registry; one that a container still uses stays.</summary>
    public static async Task ForgetAsync(string registryHost)
    {
        if (ProgramPath.Find("docker") is null)
            return;
        var list = await Command.RunAsync("docker", "image", "ls", "--digests", "--filter", $"reference={registryHost}/*/*",
            "--format", "{{.Repository}}:{{.Tag}} {{.Repository}}@{{.Digest}}");
        var names = list.Output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(n => !n.EndsWith("<none>", StringComparison.Ordinal)).Distinct().ToArray();
        if (names.Length > 0)
            await Command.RunAsync("docker", ["image", "rm", .. names]);
    }
}
