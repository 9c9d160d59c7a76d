namespace UpgradeOps.Engine.Apps.Definition;

/// <summary>How a second copy of the application is told to stay away from the live one.</summary>
internal sealed record RehearseDefinition
{
    /// <summary>Stands for the TCP port that the copy is to listen on.</summary>
    public const string Port = "{port}";

    /// <summary>Stands for the name of the copy's database, where one is declared; <see cref="DatabaseOf"/> for each of several.</summary>
    public const string Database = "{database}";

    /// <summary>Stands for a folder of the copy's own, empty when it starts, absolute.</summary>
    public const string Shared = "{shared}";

    /// <summary>Instead of the application's own command; empty to run that one.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Variables beside and instead of the application's own; values hold the placeholders.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>On Compose: the port that the application listens on in its container; null where the compose file's <c>ports</c> tell it.</summary>
    public int? ContainerPort { get; init; }

    public static string DatabaseOf(string id) => $"{{database.{id}}}";
}
