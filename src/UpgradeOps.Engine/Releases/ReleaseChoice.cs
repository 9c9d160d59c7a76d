using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Releases.Versions;

namespace UpgradeOps.Engine.Releases;

/// <summary>What was asked for, from version, channel and definition: exactly one of the four ways to find a tag.</summary>
internal abstract record ReleaseChoice(string? Channel)
{
    /// <summary>A version, or an exact tag.</summary>
    public sealed record Named(string Version) : ReleaseChoice((string?)null);

    /// <summary>A channel that is one tag.</summary>
    public sealed record Tag(string Name, string? Through) : ReleaseChoice(Through);

    /// <summary>A channel that is the newest of many tags.</summary>
    public sealed record Pattern(string Value, string? Through) : ReleaseChoice(Through);

    /// <summary>No channel at all.</summary>
    public sealed record Newest() : ReleaseChoice((string?)null);

    /// <exception cref="AppException"><see cref="ErrorIds.ChannelUnknown"/>: the definition does not declare that channel.</exception>
    public static ReleaseChoice From(ReleasesDefinition releases, string appName, string? version, string? channel)
    {
        if (version is not null)
            return new Named(version);
        if ((channel ?? releases.Channel) is not { } name)
            return new Newest();
        if (!releases.Channels.TryGetValue(name, out var value))
        {
            var known = releases.Channels.Count == 0 ? "declares none" : $"declares {string.Join(", ", releases.Channels.Keys.Order(StringComparer.Ordinal))}";
            throw new AppException(ErrorIds.ChannelUnknown, $"{appName} has no channel '{name}'; its definition {known}.", name);
        }
        return ChannelPattern.IsPattern(value) ? new Pattern(value, name) : new Tag(value, name);
    }

    /// <summary>The error of a source that has no such thing: names what it has instead.</summary>
    public AppException NotFound(string source, IReadOnlyCollection<string> names)
    {
        var wanted = this is Named named ? named.Version : (this as Tag)?.Name ?? "";
        var nearest = VersionTags.Nearest(wanted, names);
        var there = nearest.Count == 0 ? "Nothing is there." : $"Of {names.Count} there, the nearest are {string.Join(", ", nearest)}.";
        return new AppException(ErrorIds.ReleaseNotFound, $"{source}: there is no {Describe()}. {there}", wanted.Length > 0 ? wanted : source);
    }

    private string Describe() => this switch
    {
        Named named => $"version '{named.Version}'",
        Tag tag => $"channel '{Channel}' (tag '{tag.Name}')",
        Pattern pattern => $"channel '{Channel}' (pattern '{pattern.Value}')",
        _ => "version",
    };
}
