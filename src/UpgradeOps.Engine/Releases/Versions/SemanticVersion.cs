using System.Text;

namespace UpgradeOps.Engine.Releases.Versions;

/// <summary>
/// A version as people tag it, ordered by SemVer 2.0: with or without a leading v, two to four numbers, OCI's <c>_</c> for SemVer's <c>+</c>,
/// numbers with leading zeros (<c>2026.03.01</c>). <c>1.2</c> counts as <c>1.2.0</c>, <c>1.2.3.4</c> comes after <c>1.2.3</c>.
/// Comparison is by precedence, so what differs in build metadata alone is neither newer nor older; equality is by precedence too.
/// </summary>
internal sealed class SemanticVersion : IComparable<SemanticVersion>, IEquatable<SemanticVersion>
{
    private readonly ulong[] _numbers;
    private readonly string[] _prerelease;

    private SemanticVersion(string text, ulong[] numbers, string[] prerelease, string? build)
    {
        Text = text;
        _numbers = numbers;
        _prerelease = prerelease;
        Build = build;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    public ulong Major => _numbers[0];

    public bool IsPrerelease => _prerelease.Length > 0;

    public string? Build { get; }

    /// <returns>Null when the text is no version; a tag such as <c>latest</c> or <c>8</c> is none.</returns>
    public static SemanticVersion? TryParse(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > 256)
            return null;

        var rest = text.AsSpan(text[0] is 'v' or 'V' ? 1 : 0);
        string? build = null;
        if (rest.IndexOfAny('+', '_') is var plus and >= 0)
        {
            build = rest[(plus + 1)..].ToString();
            rest = rest[..plus];
        }
        string[] prerelease = [];
        if (rest.IndexOf('-') is var dash and >= 0)
        {
            prerelease = rest[(dash + 1)..].ToString().Split('.');
            rest = rest[..dash];
        }

        var numbers = Numbers(rest.ToString().Split('.'));
        return numbers is null || !prerelease.All(IsIdentifier) || build?.Split('.', '_').All(IsIdentifier) == false
            ? null
            : new SemanticVersion(text, numbers, prerelease, build);
    }

    /// <summary>By SemVer's precedence: negative when this one is older.</summary>
    public int CompareTo(SemanticVersion? other)
    {
        if (other is null)
            return 1;

        for (var i = 0; i < _numbers.Length; i++)
        {
            if (_numbers[i].CompareTo(other._numbers[i]) is var order and not 0)
                return order;
        }
        if (IsPrerelease != other.IsPrerelease)
            return IsPrerelease ? -1 : 1;

        for (var i = 0; i < Math.Min(_prerelease.Length, other._prerelease.Length); i++)
        {
            if (CompareIdentifiers(_prerelease[i], other._prerelease[i]) is var order and not 0)
                return order;
        }
        return _prerelease.Length.CompareTo(other._prerelease.Length);
    }

    public bool Equals(SemanticVersion? other) => CompareTo(other) == 0;

    public override bool Equals(object? obj) => Equals(obj as SemanticVersion);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var number in _numbers)
            hash.Add(number);
        foreach (var identifier in _prerelease)
            hash.Add(IsNumber(identifier) ? identifier.TrimStart('0') : identifier, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    /// <summary>The normal form: no v, no leading zeros, <c>+</c> before the build.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendJoin('.', _numbers[3] == 0 ? _numbers[..3] : _numbers);
        if (IsPrerelease)
            text.Append('-').AppendJoin('.', _prerelease);
        if (Build is not null)
            text.Append('+').Append(Build);
        return text.ToString();
    }

    private static ulong[]? Numbers(string[] parts)
    {
        var numbers = new ulong[4];
        if (parts.Length is < 2 or > 4)
            return null;
        for (var i = 0; i < parts.Length; i++)
        {
            if (!IsNumber(parts[i]) || !ulong.TryParse(parts[i], out numbers[i]))
                return null;
        }
        return numbers;
    }

    private static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);

    private static bool IsIdentifier(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>Numbers by value, before any text; text by its code points.</summary>
    private static int CompareIdentifiers(string a, string b) => (IsNumber(a), IsNumber(b)) switch
    {
        (true, true) => NaturalOrder.CompareNumbers(a, b),
        (true, false) => -1,
        (false, true) => 1,
        _ => string.CompareOrdinal(a, b),
    };
}
