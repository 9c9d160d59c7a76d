using UpgradeOps.Engine.Text;

namespace UpgradeOps.Engine.Apps.Definition.Reading;

/// <summary>Finds what somebody probably meant.</summary>
internal static class Nearest
{
    /// <returns>The candidate with the fewest edits, if they are few for a word of this length; else null.</returns>
    public static string? Find(string word, IEnumerable<string> candidates)
    {
        if (word.Length > 64)
            return null;
        var best = candidates.Select(c => (Candidate: c, Edits: EditDistance.Between(Plain(word), Plain(c)))).OrderBy(c => c.Edits).FirstOrDefault();
        return best.Candidate is not null && best.Edits <= Math.Max(1, Math.Min(word.Length, best.Candidate.Length) / 3) ? best.Candidate : null;
    }

    private static string Plain(string word) => word.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
