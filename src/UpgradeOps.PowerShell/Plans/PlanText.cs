using System.Globalization;
using System.Text;

namespace UpgradeOps.PowerShell.Plans;

/// <summary>A plan for a person who is about to say yes or no: one line a step.</summary>
internal static class PlanText
{
    public static string Describe(UpdatePlan plan)
    {
        var text = new StringBuilder($"{Verb(plan.Kind)} {plan.Name}: {End(plan.From)} -> {End(plan.To)}");
        if (plan.IsEmpty)
            return text.Append(", nothing to do").ToString();

        var number = 0;
        foreach (var step in plan.Steps)
            text.Append(CultureInfo.InvariantCulture, $"\n  {++number,2}. {step.Phase,-8} {step.Description}{Note(step)}");
        foreach (var finding in plan.Findings)
            text.Append($"\n  {finding.Severity}: {finding.Message}");
        if (plan.ExpectedOutageSeconds is { } seconds)
            text.Append(CultureInfo.InvariantCulture, $"\n  Expected outage: about {seconds:0.#} s");
        return text.Append($"\n  If it fails, data: {plan.OnFailureData}").ToString();
    }

    private static string Verb(OperationKind kind) => kind switch
    {
        OperationKind.Update => "Update",
        OperationKind.Undo => "Take back",
        OperationKind.Restore => "Restore",
        OperationKind.Rehearsal => "Rehearse the update of",
        OperationKind.Migration => "Run the migrations of",
        OperationKind.MigrationUndo => "Take back a migration of",
        _ => kind.ToString(),
    };

    private static string End(PlanEndpoint end)
    {
        var name = end.Version ?? end.Tag ?? "an unknown version";
        return end.Digest is { Length: > 19 } digest ? $"{name} ({digest[..19]})" : name;
    }

    private static string Note(PlannedStep step) => step.Reversibility switch
    {
        Reversibility.NeedsBackup => " [only a backup brings it back]",
        Reversibility.Irreversible => " [cannot be undone]",
        _ => step.CausesOutage ? " [outage]" : "",
    };
}
