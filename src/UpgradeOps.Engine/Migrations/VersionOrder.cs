namespace UpgradeOps.Engine.Migrations;

/// <summary>Numbers by their value (<c>9</c> before <c>10</c>, of any length), anything else by its text.</summary>
internal sealed class VersionOrder : IComparer<string>
{
    public static readonly VersionOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        if (x is null || y is null || !IsNumber(x) || !IsNumber(y))
            return string.CompareOrdinal(x, y);
        var (left, right) = (x.TrimStart('0'), y.TrimStart('0'));
        return left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);
    }

    private static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
}
