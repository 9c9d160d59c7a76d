using UpgradeOps.Engine.Apps.Definition.Reading;

namespace UpgradeOps.Engine.Apps.Definition.Binding;

/// <summary><c>releases:</c></summary>
internal static class ReleasesBinding
{
    public static ReleasesDefinition Bind(Section root, FolderPath folder)
    {
        if (root.RequiredChild("releases", DefinitionKeys.Releases, "Say where versions come from: 'releases: { image: … }'.") is not { } section)
            return new ReleasesDefinition();

        section.ExactlyOne("image", "folder");
        var channels = section.Named("channels", TextRule.PartName, TextRule.Tag);
        var channel = section.Text("channel", TextRule.PartName);
        if (channel is not null && section.Has("channels") && !channels.ContainsKey(channel))
            section.Wrong("channel", $"'{channel}' is none of the channels", $"Use one of {string.Join(", ", channels.Keys)}, or add it under channels.");
        else if (channel is not null && !section.Has("channels"))
            section.Wrong("channel", "no channels are declared", "Add them: 'channels: { release: latest }'.");
        foreach (var key in (string[])["user", "password", "certificateAuthority"])
        {
            if (section.Has(key) && !section.Has("image"))
                section.Wrong(key, "it counts for an image registry only", "Remove it.");
        }

        if (section.Has("user") != section.Has("password"))
            section.Wrong(section.Has("user") ? "user" : "password", $"it needs '{(section.Has("user") ? "password" : "user")}' beside it", "Give both, or neither to use what docker login stored.");

        return new ReleasesDefinition
        {
            Image = section.Text("image", TextRule.Image),
            Folder = section.Text("folder") is { } releases ? folder.OnHost(section, "folder", releases) : null,
            Channels = channels,
            Channel = channel,
            Notes = section.Text("notes", TextRule.Notes),
            User = section.Text("user"),
            Password = section.Text("password", TextRule.Secret),
            CertificateAuthority = section.Text("certificateAuthority") is { } authority ? folder.Here(authority) : null,
        };
    }
}
