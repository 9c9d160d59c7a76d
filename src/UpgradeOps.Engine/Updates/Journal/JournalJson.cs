using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.Updates.Journal;

/// <summary>Values inside journal lines that are JSON themselves.</summary>
internal static class JournalJson
{
    public static T Read<T>(string json, string operationId) =>
        EngineJson.Read<T>(json, ErrorIds.JournalDamaged, $"the journal of operation {operationId}");
}
