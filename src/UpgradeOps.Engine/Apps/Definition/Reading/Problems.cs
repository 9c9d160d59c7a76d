using UpgradeOps.Engine.Apps.Definition.Yaml;

namespace UpgradeOps.Engine.Apps.Definition.Reading;

/// <summary>Everything that is wrong with one definition, so that a person mends it in one go.</summary>
internal sealed class Problems(string file)
{
    private const int Shown = 20;

    private readonly List<(Position At, string ErrorId, string Text, string Fix)> found = [];

    public bool Any => found.Count > 0;

    /// <param name="key">The full path of the key, such as <c>platform.compose.service</c>; empty where there is none.</param>
    public void Add(Position at, string key, string what, string fix, string errorId = ErrorIds.DefinitionInvalid)
    {
        var problem = (at, errorId, key.Length > 0 ? $"{key}: {what}." : $"{what}.", fix);
        if (!found.Contains(problem))
            found.Add(problem);
    }

    /// <exception cref="AppException">With the first problem's ErrorId and place, and all problems in its message, a line each.</exception>
    public void ThrowIfAny()
    {
        if (!Any)
            return;

        var sorted = found.OrderBy(p => p.At).ToList();
        var lines = sorted.Take(Shown).Select(p => $"{file}:{p.At.Line}:{p.At.Column}: {p.Text} {p.Fix}").ToList();
        if (sorted.Count > Shown)
            lines.Add($"… and {sorted.Count - Shown} more.");
        var first = sorted[0];
        throw new AppException(first.ErrorId, string.Join('\n', lines), $"{file}:{first.At.Line}", first.Fix);
    }
}
