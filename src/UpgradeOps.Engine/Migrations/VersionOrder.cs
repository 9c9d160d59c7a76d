namespace UpgradeOps.Engine.Migrations;

/// <summary>Numbers by their value (<c>9</c> before <c>10</c>, of any length), also with dots between (<c>1.9</c> before <c>1.10</c>); anything else by its text.</summary>
internal sealed class VersionOrder : IComparer<string>
{
    public static readonly VersionOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        if (x is null || y is null || !IsVersion(x) || !IsVersion(y))
            return string.CompareOrdinal(x, y);
        var (left, right) = (x.Split('.'), y.Split('.'));
        for (var i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            var order = Number(left.ElementAtOrDefault(i) ?? "", right.ElementAtOrDefault(i) ?? "");
            if (order != 0)
                return order;
        }

        return 0;
    }

    private static int Number(string x, string y)
    {
        var (left, right) = (x.TrimStart('0'), y.TrimStart('0'));
        return left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);
    }

    private static bool IsVersion(string text) => text.Length > 0 && text.Split('.').All(p => p.Length > 0 && p.All(char.IsAsciiDigit));
}
