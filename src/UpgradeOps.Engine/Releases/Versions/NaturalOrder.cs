namespace UpgradeOps.Engine.Releases.Versions;

/// <summary>Text order in which runs of digits count as numbers: <c>build-9</c> before <c>build-10</c>.</summary>
internal sealed class NaturalOrder : IComparer<string>
{
    public static readonly NaturalOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
            return string.CompareOrdinal(x, y);

        int i = 0, j = 0;
        while (i < x.Length && j < y.Length)
        {
            if (char.IsAsciiDigit(x[i]) && char.IsAsciiDigit(y[j]))
            {
                var (a, b) = (Digits(x, i), Digits(y, j));
                if (CompareNumbers(a, b) is var order and not 0)
                    return order;
                i += a.Length;
                j += b.Length;
            }
            else if (x[i] != y[j])
            {
                return x[i].CompareTo(y[j]);
            }
            else
            {
                i++;
                j++;
            }
        }
        var rest = (x.Length - i).CompareTo(y.Length - j);
        return rest != 0 ? rest : string.CompareOrdinal(x, y);
    }

    /// <summary>Digits of any length by value.</summary>
    public static int CompareNumbers(string a, string b)
    {
        var (x, y) = (a.TrimStart('0'), b.TrimStart('0'));
        var length = x.Length.CompareTo(y.Length);
        return length != 0 ? length : string.CompareOrdinal(x, y);
    }

    private static string Digits(string text, int start)
    {
        var end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        return text[start..end];
    }
}
