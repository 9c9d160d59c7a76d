using System.Reflection;

namespace UpgradeOps.Engine.Tests.Json;

/// <summary>Makes a record with every settable member set to something that is not its default, all of them different.</summary>
internal sealed class RecordFiller
{
    private int _next = 1;

    public object Fill(Type type)
    {
        if (type.GetConstructor(Type.EmptyTypes) is null)
        {
            var constructor = type.GetConstructors().Single();
            return constructor.Invoke([.. constructor.GetParameters().Select(p => Value(p.ParameterType))]);
        }

        var record = Activator.CreateInstance(type)!;
        foreach (var property in Settable(type))
            property.SetValue(record, Value(property.PropertyType));
        return record;
    }

    public static IEnumerable<PropertyInfo> Settable(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is not null);

    private object Value(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var n = _next++;
        return type switch
        {
            _ when type == typeof(string) => $"text {n} ü \"<&'+\\\n🚀",
            _ when type == typeof(bool) => true,
            _ when type == typeof(int) => n,
            _ when type == typeof(long) => long.MaxValue - n,
            _ when type == typeof(double) => n + 0.1,
            _ when type == typeof(TimeSpan) => TimeSpan.FromMilliseconds(n),
            _ when type == typeof(DateTimeOffset) => new DateTimeOffset(2026, 3, 1, 14, 0, 0, TimeSpan.FromHours(2)).AddTicks(n),
            { IsEnum: true } => Enum.GetValues(type).Cast<object>().Last(),
            { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) => List(type.GetGenericArguments()[0]),
            { IsGenericType: true } => Map(type.GetGenericArguments()[1]),
            _ => Fill(type),
        };
    }

    private Array List(Type element)
    {
        var list = Array.CreateInstance(element, 2);
        list.SetValue(Value(element), 0);
        list.SetValue(Value(element), 1);
        return list;
    }

    private object Map(Type value)
    {
        var map = (System.Collections.IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), value))!;
        map.Add("/opt/Kmp/.env", Value(value));
        map.Add("Zeta", Value(value));
        return map;
    }
}
