using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace UpgradeOps.Engine.Json;

/// <summary>What holds for every record of ours: computed members are not written, and null is refused where the type says it cannot be.</summary>
internal static class RecordRules
{
    public static void Apply(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || type.Type.Namespace?.StartsWith("UpgradeOps", StringComparison.Ordinal) != true)
            return;

        var nullability = new NullabilityInfoContext();
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            var property = type.Properties[i];
            if (property.AttributeProvider is not PropertyInfo member)
                continue;

            if (member.SetMethod is null)
                type.Properties.RemoveAt(i);
            else if (property.Set is { } set && !member.PropertyType.IsValueType && nullability.Create(member).WriteState == NullabilityState.NotNull)
                property.Set = RefuseNull(set, property.Name);
        }
    }

    private static Action<object, object?> RefuseNull(Action<object, object?> set, string name) => (target, value) =>
    {
        if (value is null)
            throw new JsonException($"'{name}' must not be null.");
        set(target, value);
    };
}
