namespace UpgradeOps.Integration.Updates;

/// <summary>What a failed assertion about a result should tell.</summary>
internal static class Outcomes
{
    public static string Describe(UpdateResult result) =>
        $"{result.Status}: {result.Error?.ErrorId} {result.Error?.Message} | {string.Join("; ", result.Steps.Select(s => $"{s.Id}={s.Outcome} {s.Detail}"))} | {string.Join("; ", result.Findings.Select(f => f.Message))}";
}
