using System.Text;
using System.Text.Json.Nodes;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Compose.Builds;

/// <summary>
/// Makes the compose file of a build: of what the project's files say, only how images are built, with the tree in the folder's place, and names and labels
/// of the commit. What a build may read besides, secrets for one, it reads from the folder.
/// </summary>
internal static class BuildFile
{
    /// <param name="json">What <c>docker compose config --format json</c> writes of the project.</param>
    /// <param name="images">By service: what its image is called.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.BuildFileMissing"/>: a context is not in the repository. <see cref="ErrorIds.ComposeInvalid"/>.</exception>
    public static byte[] Make(byte[] json, ComposeDefinition compose, string tree, IReadOnlyDictionary<string, string> images, IReadOnlyDictionary<string, string> labels)
    {
        var project = JsonNode.Parse(json) as JsonObject ?? throw new AppException(ErrorIds.ComposeInvalid, "What docker compose config wrote is not understood.", "docker compose config");
        var services = new JsonObject();
        foreach (var (name, image) in images.OrderBy(i => i.Key, StringComparer.Ordinal))
        {
            // A service without its own build: uses the image of one that has it, and so its name.
            if (project["services"]?[name]?["build"] is not JsonObject build)
                continue;
            services[name] = new JsonObject { ["image"] = image, ["build"] = Moved((JsonObject)build.DeepClone(), name, compose, tree, labels) };
        }

        var file = new JsonObject { ["name"] = project["name"]?.DeepClone(), ["services"] = services };
        if (project["secrets"] is JsonObject secrets)
            file["secrets"] = secrets.DeepClone();
        return Encoding.UTF8.GetBytes(file.ToJsonString());
    }

    private static JsonObject Moved(JsonObject build, string service, ComposeDefinition compose, string tree, IReadOnlyDictionary<string, string> labels)
    {
        build["context"] = InTree((string?)build["context"] ?? ".", service, compose, tree);
        if ((string?)build["dockerfile"] is { } dockerfile && HostPath.IsPosix(dockerfile))
            build["dockerfile"] = InTree(dockerfile, service, compose, tree);
        if (build["additional_contexts"] is JsonObject more)
        {
            foreach (var (name, value) in more.ToList())
                more[name] = InTree((string?)value ?? ".", service, compose, tree);
        }

        // More names for the image would move while the old one serves.
        build.Remove("tags");
        var told = build["labels"] as JsonObject ?? [];
        foreach (var (name, value) in labels)
            told[name] = Written(value);
        build["labels"] = told;
        return build;
    }

    private static string InTree(string path, string service, ComposeDefinition compose, string tree)
    {
        if (IsElsewhere(path))
            return path;
        var place = TreePlace.Of(compose, Plain(path)) ?? throw new AppException(
            ErrorIds.BuildFileMissing, $"{service} is built of {path}, which is not in the repository: nothing tells which commit that is.", service, "Correct build.context in the compose file, or platform.compose.build.in in the definition.");
        return Written(place == "." ? tree : HostPath.Join(tree, place));
    }

    /// <summary>Compose writes each dollar sign twice, and reads it so.</summary>
    public static string Plain(string written) => written.Replace("$$", "$", StringComparison.Ordinal);

    private static string Written(string plain) => plain.Replace("$", "$$", StringComparison.Ordinal);

    /// <summary>What Docker fetches from an address, or takes from another service.</summary>
    public static bool IsElsewhere(string context) => context.Contains("://", StringComparison.Ordinal) || context.StartsWith("git@", StringComparison.Ordinal) || context.StartsWith("service:", StringComparison.Ordinal);
}
