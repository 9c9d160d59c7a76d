namespace UpgradeOps.Engine.Apps.Definition.Reading;

/// <summary>Finds what somebody probably meant.</summary>
internal static class Nearest
{
    /// <returns>The candidate with the fewest edits, if they are few for a word of this length; else null.</returns>
    public static string? Find(string word, IEnumerable<string> candidates)
    {
        if (word.Length > 64)
            return null;
        var best = candidates.Select(c => (Candidate: c, Edits: Edits(Plain(word), Plain(c)))).OrderBy(c => c.Edits).FirstOrDefault();
        return best.Candidate is not null && best.Edits <= Math.Max(1, Math.Min(word.Length, best.Candidate.Length) / 3) ? best.Candidate : null;
    }

    private static string Plain(string word) => word.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    // Levenshtein with swapped neighbours as one edit: the two slips that fingers make.
    private static int Edits(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            table[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            table[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                table[i, j] = Math.Min(Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }

        return table[a.Length, b.Length];
    }
}
