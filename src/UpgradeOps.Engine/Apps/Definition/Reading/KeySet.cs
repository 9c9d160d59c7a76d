namespace UpgradeOps.Engine.Apps.Definition.Reading;

/// <summary>The keys that may stand in one place of a definition.</summary>
/// <param name="Path">The place: <c>platform.compose</c>; <c>*</c> for a name that the user chooses, <c>[]</c> for a list's entries.</param>
/// <param name="Known">Keys that are acted on.</param>
/// <param name="Planned">Keys of the format that this version does not act on, and therefore refuses.</param>
internal sealed record KeySet(string Path, IReadOnlyList<string> Known, params IReadOnlyList<string> Planned);
