using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Updates.Planning;
using UpgradeOps.Engine.Updates.Steps;

namespace UpgradeOps.Engine.Tests.Updates.Model;

/// <summary>Random plans: any kinds, phases, ways back and ways to be repeated, in the order of the transaction.</summary>
internal static class ModelPlan
{
    public static (UpdatePlan Plan, Dictionary<string, ModelStepFate> Fates) Make(Random random)
    {
        var steps = Enumerable.Range(0, random.Next(1, 8)).Select(_ => MakeStep(random)).ToList();
        steps.Add(new PlannedStep
        {
            Id = "",
            Kind = "model.start",
            Phase = StepPhase.Switch,
            Description = "start",
            Reversibility = Reversibility.Reversible,
            Repeatable = Repeatability.Observable,
            CausesOutage = true,
            StartsNew = true,
        });
        if (random.Next(3) > 0)
        {
            steps.Add(new PlannedStep { Id = "", Kind = "backup.create", Phase = StepPhase.BackUp, Description = "back up", Reversibility = Reversibility.Additive });
        }

        var ordered = steps.OrderBy(s => s.Phase).ToList();
        ordered.Insert(ordered.FindIndex(s => s.StartsNew), DataSteps.PlanGuard(DataPolicy.Stop));
        var numbered = StepOrder.Numbered(ordered);
        var fates = numbered.Where(s => s.Kind.StartsWith("model.", StringComparison.Ordinal)).ToDictionary(s => s.Id, s => MakeFate(s, random));
        var policies = numbered.Any(s => s.Kind == "backup.create") ? Enum.GetValues<DataPolicy>() : [DataPolicy.Keep, DataPolicy.Stop];
        var plan = new UpdatePlan
        {
            Name = "model",
            From = new PlanEndpoint { Version = "1.0.0", SchemaFingerprint = "schema-1" },
            To = new PlanEndpoint { Version = "2.0.0" },
            Steps = numbered,
            OnFailureData = random.GetItems(policies, 1)[0],
        };
        return (PlanHash.Seal(plan), fates);
    }

    private static PlannedStep MakeStep(Random random) => new()
    {
        Id = "",
        Kind = $"model.{"abc"[random.Next(3)]}",
        Phase = random.GetItems(Enum.GetValues<StepPhase>(), 1)[0],
        Description = "step",
        // A step that cannot be taken back stands where nothing is taken back any more, as in every real plan.
        Reversibility = random.GetItems([Reversibility.ReadOnly, Reversibility.Reversible, Reversibility.Reversible, Reversibility.Additive, Reversibility.NeedsBackup], 1)[0],
        Repeatable = random.GetItems(Enum.GetValues<Repeatability>(), 1)[0],
        Interruptible = random.Next(3) == 0,
        CausesOutage = random.Next(4) == 0,
    };

    private static ModelStepFate MakeFate(PlannedStep step, Random random)
    {
        var parts = random.Next(1, 4);
        return new ModelStepFate(parts, random.Next(9) == 0 ? random.Next(1, parts + 1) : null, random.Next(12) == 0 ? random.Next(1, 3) : 0);
    }
}
