using System.Collections;
using System.Reflection;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.Tests.Json;

/// <summary>Every record of the Model, and the definition that goes into journals, comes back as it was.</summary>
public class RoundTripTests
{
    public static TheoryData<Type> Records { get; } =
    [
        .. typeof(App).Assembly.GetExportedTypes().Where(t => t.GetMethod("<Clone>$") is not null),
        typeof(AppDefinition),
    ];

    [Fact]
    public void The_model_has_records_to_try() => Assert.InRange(Records.Count, 22, 200);

    [Theory]
    [MemberData(nameof(Records))]
    public void Comes_back_as_it_was(Type type)
    {
        var before = new RecordFiller().Fill(type);

        foreach (var indented in (bool[])[false, true])
        {
            var json = EngineJson.Write(before, indented);
            var after = Read(type, json);
            AssertSame(before, after, type.Name);
            Assert.Equal(json, EngineJson.Write(after, indented));
        }
    }

    private static object Read(Type type, string json) =>
        typeof(EngineJson).GetMethod(nameof(EngineJson.Read), [typeof(string), typeof(string), typeof(string)])!
            .MakeGenericMethod(type)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [json, ErrorIds.StateDamaged, "test"], null)!;

    private static void AssertSame(object? before, object? after, string at)
    {
        if (before is null || after is null || before is string || before.GetType().IsValueType && before is not IEnumerable)
        {
            Assert.True(Equals(before, after), $"{at}: {before} became {after}");
        }
        else if (before is IDictionary map)
        {
            var other = (IDictionary)after;
            Assert.Equal(map.Count, other.Count);
            foreach (var key in map.Keys)
                AssertSame(map[key], other[key], $"{at}[{key}]");
        }
        else if (before is IEnumerable list)
        {
            var (first, second) = (list.Cast<object?>().ToList(), ((IEnumerable)after).Cast<object?>().ToList());
            Assert.Equal(first.Count, second.Count);
            for (var i = 0; i < first.Count; i++)
                AssertSame(first[i], second[i], $"{at}[{i}]");
        }
        else
        {
            foreach (var property in RecordFiller.Settable(before.GetType()))
                AssertSame(property.GetValue(before), property.GetValue(after), $"{at}.{property.Name}");
        }
    }
}
