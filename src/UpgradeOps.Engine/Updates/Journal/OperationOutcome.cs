using System.Globalization;
using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.Updates.Journal;

/// <summary>How an operation ended, or where it waits.</summary>
internal sealed record OperationOutcome(UpdateStatus Status, double? OutageSeconds, AppError? Error, string? Next)
{
    public IReadOnlyDictionary<string, string> ToOutputs()
    {
        var outputs = new Dictionary<string, string> { ["status"] = Status.ToString() };
        if (OutageSeconds is { } outage)
        {
            outputs["outageSeconds"] = outage.ToString("R", CultureInfo.InvariantCulture);
        }

        if (Error is not null)
        {
            outputs["error"] = EngineJson.Write(Error);
        }

        if (Next is not null)
        {
            outputs["next"] = Next;
        }

        return outputs;
    }

    public static OperationOutcome FromOutputs(IReadOnlyDictionary<string, string> outputs, string operationId) => new(
        Enum.Parse<UpdateStatus>(outputs["status"]),
        outputs.TryGetValue("outageSeconds", out var outage) ? double.Parse(outage, CultureInfo.InvariantCulture) : null,
        outputs.TryGetValue("error", out var error) ? JournalJson.Read<AppError>(error, operationId) : null,
        outputs.GetValueOrDefault("next"));
}
