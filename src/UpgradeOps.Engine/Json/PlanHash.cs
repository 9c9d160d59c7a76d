using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UpgradeOps.Engine.Json;

/// <summary>
/// What a plan is recognised by: SHA-256 over its canonical JSON, without the time it was made, its commits and findings and the hash itself. Members
/// that are null, false, <c>[]</c> or <c>{}</c> do not count either, so that a plan made before such a member existed keeps its hash.
/// </summary>
public static class PlanHash
{
    /// <returns>64 lower case hexadecimal digits.</returns>
    public static string Compute(UpdatePlan plan)
    {
        var body = (JsonObject)JsonSerializer.SerializeToNode(plan, EngineJson.Options)!;
        foreach (var name in (string[])["createdAt", "commits", "findings", "dataSince", "hash"])
            body.Remove(name);
        DropEmpty(body);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(EngineJson.Canonical(body)))).ToLowerInvariant();
    }

    /// <summary>The plan with its hash set.</summary>
    public static UpdatePlan Seal(UpdatePlan plan) => plan with { Hash = Compute(plan) };

    /// <exception cref="AppException"><see cref="ErrorIds.PlanDamaged"/>: it was changed after it was made.</exception>
    public static void Verify(UpdatePlan plan)
    {
        if (!string.Equals(plan.Hash, Compute(plan), StringComparison.Ordinal))
            throw new AppException(ErrorIds.PlanDamaged, $"The plan for {plan.Name} does not match its hash: it was changed after it was made.", plan.Name);
    }

    private static void DropEmpty(JsonNode? node)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
                DropEmpty(item);
        }
        else if (node is JsonObject members)
        {
            foreach (var (name, value) in members.ToList())
            {
                DropEmpty(value);
                if (IsEmpty(value))
                    members.Remove(name);
            }
        }
    }

    private static bool IsEmpty(JsonNode? value) => value switch
    {
        null => true,
        JsonArray items => items.Count == 0,
        JsonObject members => members.Count == 0,
        _ => value.GetValueKind() == JsonValueKind.False,
    };
}
