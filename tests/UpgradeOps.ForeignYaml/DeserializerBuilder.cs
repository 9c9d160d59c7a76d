namespace YamlDotNet.Serialization;

/// <summary>Has the name that the engine asks for, and nothing that it needs.</summary>
public sealed class DeserializerBuilder
{
    public static string Whose() => "foreign";
}
