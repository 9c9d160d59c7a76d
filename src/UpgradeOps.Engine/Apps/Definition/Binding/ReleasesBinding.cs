using UpgradeOps.Engine.Apps.Definition.Reading;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Apps.Definition.Binding;

/// <summary><c>releases:</c></summary>
internal static class ReleasesBinding
{
    public static ReleasesDefinition Bind(Section root, FolderPath folder)
    {
        if (root.RequiredChild("releases", DefinitionKeys.Releases, "Say where versions come from: 'releases: { image: … }'.") is not { } section)
            return new ReleasesDefinition();

        section.ExactlyOne("image", "folder", "git", "github");
        var channels = section.Named("channels", TextRule.PartName, section.Has("git") ? TextRule.GitChannel : TextRule.Tag);
        var channel = section.Text("channel", TextRule.PartName);
        if (channel is not null && section.Has("channels") && !channels.ContainsKey(channel))
            section.Wrong("channel", $"'{channel}' is none of the channels", $"Use one of {string.Join(", ", channels.Keys)}, or add it under channels.");
        else if (channel is not null && !section.Has("channels"))
            section.Wrong("channel", "no channels are declared", "Add them: 'channels: { release: latest }'.");
        var changelog = ChangelogBinding.Bind(section);
        if (section.Has("certificateAuthority") && !section.Has("image") && !section.Has("github") && changelog is null or { Api: GitHubPlace.PublicApi })
            section.Wrong("certificateAuthority", "it counts for an image registry or GitHub only", "Remove it.");
        foreach (var key in (string[])["user", "password"])
        {
            if (section.Has(key) && !section.Has("image") && section.Text("git")?.StartsWith("http", StringComparison.Ordinal) != true)
                section.Wrong(key, "it counts for an image registry, or git over https", "Remove it.");
        }

        foreach (var key in (string[])["key", "verify", "signers"])
        {
            if (section.Has(key) && !section.Has("git"))
                section.Wrong(key, "it counts for releases from git only", "Remove it.");
        }

        var verify = section.Choice("verify", "nothing", ["nothing", "signed-tags"], "signed-commits") == "signed-tags";
        if (verify && channels.FirstOrDefault(c => c.Value.StartsWith(GitReleaseSource.Branch, StringComparison.Ordinal)).Key is { } branch)
            section.Wrong("verify", $"channel {branch} follows a branch, and only tags are signed", "Let the channel follow tags, such as \"v*\".");
        if (section.Has("signers") && !verify)
            section.Wrong("signers", "nothing is verified", "Add 'verify: signed-tags'.");

        if (section.Has("user") != section.Has("password"))
            section.Wrong(section.Has("user") ? "user" : "password", $"it needs '{(section.Has("user") ? "password" : "user")}' beside it", "Give both, or neither to use what docker login stored.");

        return new ReleasesDefinition
        {
            Image = section.Text("image", TextRule.Image),
            Folder = section.Text("folder") is { } releases ? folder.OnHost(section, "folder", releases) : null,
            Git = Repository(section, folder),
            GitHub = GitHubBinding.Bind(section),
            Key = section.Text("key") is { } identity ? folder.OnHost(section, "key", identity) : null,
            VerifyTags = verify,
            Signers = section.Text("signers") is { } signers ? folder.OnHost(section, "signers", signers) : null,
            Channels = channels,
            Channel = channel,
            Notes = section.Text("notes", TextRule.Notes),
            Changelog = changelog,
            User = section.Text("user"),
            Password = section.Text("password", TextRule.Secret),
            CertificateAuthority = section.Text("certificateAuthority") is { } authority ? folder.Here(authority) : null,
        };
    }

    private static string? Repository(Section section, FolderPath folder) =>
        section.Text("git", TextRule.Git) is not { } git ? null : GitAddress.IsUrl(git) ? git : folder.OnHost(section, "git", git);
}
