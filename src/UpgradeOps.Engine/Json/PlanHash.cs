using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UpgradeOps.Engine.Json;

/// <summary>What a plan is recognised by: SHA-256 over its canonical JSON, without the time it was made, its findings and the hash itself.</summary>
public static class PlanHash
{
    /// <returns>64 lower case hexadecimal digits.</returns>
    public static string Compute(UpdatePlan plan)
    {
        var body = (JsonObject)JsonSerializer.SerializeToNode(plan, EngineJson.Options)!;
        foreach (var name in (string[])["createdAt", "findings", "hash"])
            body.Remove(name);
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
}
