using System.Text.Json;
using UpgradeOps.Engine.Json;

namespace UpgradeOps.Integration.Windows;

/// <summary>What an operation under Wine said.</summary>
internal sealed record WineOutcome(string Output, string ErrorText)
{
    /// <summary>Where it killed itself; null when it lived.</summary>
    public string? KilledAt => Output.StartsWith("killed ", StringComparison.Ordinal) ? Output["killed ".Length..] : null;

    public AppError? Error => Read<AppError>("error");

    public T Result<T>()
        where T : class => Read<T>("result") ?? throw new InvalidOperationException(ToString());

    public override string ToString() => $"{Output}\n{ErrorText}";

    private T? Read<T>(string name)
        where T : class
    {
        if (!Output.StartsWith('{'))
            throw new InvalidOperationException(ToString());
        using var answer = JsonDocument.Parse(Output);
        return answer.RootElement.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? EngineJson.Read<T>(value.GetRawText(), ErrorIds.Unexpected, "the answer")
            : null;
    }
}
