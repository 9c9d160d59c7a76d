namespace UpgradeOps.Engine.Text;

/// <summary>How many letters must be put in, taken out, changed or swapped with their neighbour to make one word of another.</summary>
internal static class EditDistance
{
    public static int Between(string a, string b)
    {
        var (last, row, next) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;

        for (var i = 1; i <= a.Length; i++)
        {
            next[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                next[j] = Math.Min(change, Math.Min(row[j], next[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    next[j] = Math.Min(next[j], last[j - 2] + 1);
            }
            (last, row, next) = (row, next, last);
        }
        return row[b.Length];
    }
}
