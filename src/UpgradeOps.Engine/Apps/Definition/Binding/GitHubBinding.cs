using UpgradeOps.Engine.Apps.Definition.Reading;
using UpgradeOps.Engine.Archives;

namespace UpgradeOps.Engine.Apps.Definition.Binding;

/// <summary><c>releases.github:</c></summary>
internal static class GitHubBinding
{
    private const int MostStripped = 9;

    public static GitHubDefinition? Bind(Section releases)
    {
        if (releases.Child("github", DefinitionKeys.GitHub) is not { } section)
            return null;
        var asset = section.RequiredText("asset", TextRule.Asset, "Name the asset with {version} in it, such as \"notes_{version}_linux_amd64.tar.gz\".");
        var kind = ArchiveKinds.Of(asset);
        if (kind == ArchiveKind.Unknown)
            section.Wrong("asset", $"'{asset}' is of a kind that this version does not unpack", $"Use one that ends with {string.Join(", ", ArchiveKinds.Endings)}, or a bare program.", ErrorIds.DefinitionNotImplemented);
        if (asset.Length > 0 && kind == ArchiveKind.None && !section.Has("as"))
            section.Missing("as", "The asset is no archive: say what the program is called in the release folder, such as 'as: notes'.");
        if (kind != ArchiveKind.None && section.Has("as"))
            section.Wrong("as", "the asset is an archive, whose files have names", "Remove it.");
        var strip = section.Number("strip", 0, MostStripped);
        if (strip > 0 && kind == ArchiveKind.None)
            section.Wrong("strip", "the asset is no archive", "Remove it.");
        return new GitHubDefinition
        {
            Repository = section.RequiredText("repository", TextRule.GitHubRepository, "Name it: 'repository: owner/name'."),
            Asset = asset,
            Checksums = section.Text("checksums", TextRule.ChecksumAsset),
            Strip = strip ?? 0,
            As = section.Text("as", TextRule.Inside),
            Token = section.Text("token", TextRule.Secret),
            Api = section.Text("api", TextRule.Api)?.TrimEnd('/') ?? GitHubPlace.PublicApi,
        };
    }
}
