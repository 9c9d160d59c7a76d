namespace UpgradeOps.Engine.Apps.Definition;

/// <summary>A repository on GitHub, and how its REST API is asked.</summary>
internal record GitHubPlace
{
    /// <summary>Where api.github.com answers.</summary>
    public const string PublicApi = "https://api.github.com";

    /// <summary>Where this stands in the definition, for a person.</summary>
    public virtual string Key => "releases.changelog";

    /// <summary><c>owner/name</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>A secret reference; null to ask anonymously.</summary>
    public string? Token { get; init; }

    /// <summary>Address of the REST API, without a slash at its end.</summary>
    public string Api { get; init; } = PublicApi;
}
