using Spectre.Console;
using Spectre.Console.Rendering;

namespace UpgradeOps.Cli.Output;

/// <summary>A plan: from, to, every step with what going back over it costs, findings.</summary>
internal static class PlanView
{
    public static IRenderable Of(UpdatePlan plan)
    {
        if (plan.IsEmpty && plan.Findings.Count == 0)
            return new Markup($"{Markup.Escape(plan.Name)}: {Markup.Escape(plan.To.Version ?? plan.To.Tag ?? "the wanted version")} already runs.");

        var parts = new List<IRenderable>
        {
            TableView.Facts(
                (plan.Kind.ToString(), plan.Name),
                ("From", Endpoint(plan.From)),
                ("To", Endpoint(plan.To)),
                ("Outage", plan.ExpectedOutageSeconds is { } seconds ? $"about {Units.Duration(seconds)}, as before" : null),
                ("On failure", $"data: {plan.OnFailureData.ToString().ToLowerInvariant()}"),
                ("Undoes", plan.Undoes),
                ("Plan", plan.Hash)),
            Text.Empty,
            TableView.Of(
                plan.Steps.Select((step, index) => (step, number: index + 1)).ToList(),
                "No steps.",
                ("#", s => $"{s.number}"),
                ("Phase", s => s.step.Phase.ToString()),
                ("Step", s => s.step.Description),
                ("Way back", s => WayBack(s.step.Reversibility)),
                ("Outage", s => s.step.CausesOutage ? "yes" : "")),
        };
        if (plan.Findings.Count > 0)
        {
            parts.Add(Text.Empty);
            parts.Add(FindingView.Of(plan.Findings));
        }

        if (plan.Commits.Count > 0)
        {
            parts.Add(Text.Empty);
            parts.Add(CommitView.Of(plan.Commits));
        }

        if (plan.Changes is { Length: > 0 } changes)
        {
            parts.Add(Text.Empty);
            parts.Add(new Markup($"[bold]Changes[/]\n{Markup.Escape(changes.TrimEnd())}"));
        }

        return new Rows(parts);
    }

    private static string Endpoint(PlanEndpoint end) =>
        string.Join("  ", new[] { end.Version ?? end.Tag ?? "nothing", Units.ShortDigest(end.Digest), end.Channel is { } channel ? $"channel {channel}" : "" }.Where(t => t.Length > 0));

    private static string WayBack(Reversibility reversibility) => reversibility switch
    {
        Reversibility.ReadOnly => "nothing to undo",
        Reversibility.Reversible => "exact",
        Reversibility.Additive => "leaves a copy",
        Reversibility.NeedsBackup => "from the backup",
        _ => "none",
    };
}
