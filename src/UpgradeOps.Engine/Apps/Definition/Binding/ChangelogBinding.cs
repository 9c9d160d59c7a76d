using UpgradeOps.Engine.Apps.Definition.Reading;

namespace UpgradeOps.Engine.Apps.Definition.Binding;

/// <summary><c>releases.changelog:</c></summary>
internal static class ChangelogBinding
{
    public static GitHubPlace? Bind(Section releases)
    {
        if (releases.Child("changelog", DefinitionKeys.Changelog) is not { } section)
            return null;
        if (releases.Has("github"))
            releases.Wrong("changelog", "releases on GitHub have their notes with them", "Remove it.");
        return new GitHubPlace
        {
            Repository = section.RequiredText("github", TextRule.GitHubRepository, "Name it: 'github: owner/name'."),
            Token = section.Text("token", TextRule.Secret),
            Api = section.Text("api", TextRule.Api)?.TrimEnd('/') ?? GitHubPlace.PublicApi,
        };
    }
}
