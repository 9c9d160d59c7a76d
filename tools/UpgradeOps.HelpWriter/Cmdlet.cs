namespace UpgradeOps.HelpWriter;

/// <summary>A cmdlet as its attributes describe it.</summary>
internal sealed record Cmdlet(string Verb, string Noun, bool ShouldProcess, string DefaultSet, IReadOnlyList<string> Outputs, IReadOnlyList<CmdletParameter> Parameters)
{
    public string Name => $"{Verb}-{Noun}";

    /// <summary>The default one first; one nameless set where there are none.</summary>
    public IReadOnlyList<string> Sets =>
    [
        .. Parameters.SelectMany(p => p.Uses.Keys).Where(s => s.Length > 0).Distinct()
            .OrderBy(s => s != DefaultSet).ThenBy(s => s, StringComparer.Ordinal).DefaultIfEmpty(""),
    ];
}

/// <param name="Values">The names of an enumeration; empty for other types.</param>
/// <param name="Uses">How it is used, by parameter set; "" stands for all of them.</param>
internal sealed record CmdletParameter(
    string Name, string Type, bool IsSwitch, bool IsArray, bool Globbing, IReadOnlyList<string> Aliases, IReadOnlyList<string> Values, IReadOnlyDictionary<string, ParameterUse> Uses)
{
    /// <summary>Its use in a set, or null when it is not part of it.</summary>
    public ParameterUse? In(string set) => Uses.GetValueOrDefault(set) ?? Uses.GetValueOrDefault("");
}

/// <param name="Position">Null when it must be named.</param>
internal sealed record ParameterUse(bool Mandatory, int? Position, bool ByValue, bool ByName)
{
    public string Pipeline => (ByValue, ByName) switch
    {
        (true, true) => "True (ByPropertyName, ByValue)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };
}
