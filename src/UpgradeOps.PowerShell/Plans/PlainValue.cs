using System.Collections;
using System.Management.Automation;

namespace UpgradeOps.PowerShell.Plans;

/// <summary>What is left of a record that went through CLIXML or JSON, as dictionaries, lists and simple values.</summary>
internal static class PlainValue
{
    private const string Time = "Deserialized.System.DateTimeOffset";

    /// <summary>Whether it has members of these names.</summary>
    public static bool IsBag(object value, params string[] members) => Members(value) is { } bag && members.All(bag.ContainsKey);

    public static object? Of(object? value)
    {
        if (value is null)
            return null;
        if (value is PSObject time && time.TypeNames.Contains(Time))
            return time.Properties[nameof(DateTimeOffset.UtcDateTime)].Value;
        if (Members(value) is { } bag)
            return bag.ToDictionary(m => m.Key, m => Of(m.Value));

        return Bare(value) switch
        {
            string text => text,
            IEnumerable items => items.Cast<object?>().Select(Of).ToList(),
            Enum name => name.ToString(),
            var simple => simple,
        };
    }

    private static Dictionary<string, object?>? Members(object value) => Bare(value) switch
    {
        IDictionary dictionary => dictionary.Cast<DictionaryEntry>()
            .ToDictionary(e => e.Key.ToString()!, e => e.Value, StringComparer.OrdinalIgnoreCase),
        PSCustomObject => ((PSObject)value).Properties.Where(p => p.IsGettable)
            .ToDictionary(p => p.Name, p => (object?)p.Value, StringComparer.OrdinalIgnoreCase),
        _ => null,
    };

    private static object Bare(object value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
