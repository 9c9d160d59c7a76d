using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.Updates.Journal;

/// <summary>The first line of a journal: all that another process needs to go on, with the definition deleted and the registry off.</summary>
internal sealed record OperationStart
{
    public required UpdatePlan Plan { get; init; }

    /// <summary>The definition as it was; secrets are references in it.</summary>
    public required AppDefinition Definition { get; init; }

    /// <summary><c>user@machine</c>.</summary>
    public required string By { get; init; }

    /// <summary>Null in journals from before it was noted.</summary>
    public Actor? Actor { get; init; }

    /// <summary>A person said yes to what only force allows.</summary>
    public bool Forced { get; init; }

    /// <summary>What a person said about the data when it was begun.</summary>
    public DataPolicy? Data { get; init; }

    /// <summary>Path of each configuration file to the name under which the operation keeps its bytes.</summary>
    public IReadOnlyDictionary<string, string> ConfigFiles { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> ToInputs()
    {
        var inputs = new Dictionary<string, string>
        {
            ["plan"] = EngineJson.Write(Plan),
            ["definition"] = EngineJson.Write(Definition),
            ["by"] = By,
            ["configFiles"] = EngineJson.Write(ConfigFiles),
        };
        if (Actor is not null)
            inputs["actor"] = EngineJson.Write(Actor);
        if (Forced)
            inputs["forced"] = "true";
        if (Data is { } data)
            inputs["data"] = data.ToString();
        return inputs;
    }

    public static OperationStart FromInputs(IReadOnlyDictionary<string, string> inputs, string operationId)
    {
        string Need(string name) => inputs.TryGetValue(name, out var value)
            ? value
            : throw new AppException(ErrorIds.JournalDamaged, $"The first line of the journal of operation {operationId} lacks '{name}'.", operationId);

        return new OperationStart
        {
            Plan = JournalJson.Read<UpdatePlan>(Need("plan"), operationId),
            Definition = JournalJson.Read<AppDefinition>(Need("definition"), operationId),
            By = Need("by"),
            Actor = inputs.TryGetValue("actor", out var actor) ? JournalJson.Read<Actor>(actor, operationId) : null,
            Forced = inputs.GetValueOrDefault("forced") == "true",
            Data = Enum.TryParse<DataPolicy>(inputs.GetValueOrDefault("data"), out var data) ? data : null,
            ConfigFiles = JournalJson.Read<Dictionary<string, string>>(Need("configFiles"), operationId),
        };
    }
}
