using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.Tests.Json;

public class CanonicalTests
{
    [Fact]
    public void Keys_are_sorted_by_code_unit_and_nothing_is_padded()
    {
        var map = new Dictionary<string, int> { ["b"] = 1, ["a"] = 2, ["B"] = 3, ["é"] = 4, ["😀"] = 5, ["\uFB33"] = 6 };
        Assert.Equal("{\"B\":3,\"a\":2,\"b\":1,\"é\":4,\"😀\":5,\"\uFB33\":6}", EngineJson.Canonical(map));
    }

    [Fact]
    public void Only_what_must_be_escaped_is() =>
        Assert.Equal("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f<>&'+é\u2028\u0378😀\"", EngineJson.Canonical("\"\\/\b\f\n\r\t\u0001\u001f<>&'+é\u2028\u0378😀"));

    [Theory]
    [InlineData(0d, "0")]
    [InlineData(5d, "5")]
    [InlineData(1.75, "1.75")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    public void Numbers_have_one_form(double value, string written) => Assert.Equal(written, EngineJson.Canonical(value));

    [Fact]
    public void The_order_of_a_dictionary_does_not_count()
    {
        var plan = Samples.Plan;
        var turned = plan with
        {
            From = plan.From with { ConfigHashes = plan.From.ConfigHashes.Reverse().ToDictionary(p => p.Key, p => p.Value) },
        };
        Assert.Equal(PlanHash.Compute(plan), PlanHash.Compute(turned));
    }

    [Fact]
    public void Time_findings_and_the_hash_itself_are_not_hashed()
    {
        var plan = Samples.Plan;
        Assert.Equal(PlanHash.Compute(plan), PlanHash.Compute(plan with { CreatedAt = default, Findings = [], Hash = "other" }));
    }

    /// <summary>A plan in a journal must be recognised by the next release, whose plans have one member more.</summary>
    [Fact]
    public void Members_that_are_empty_are_not_hashed()
    {
        var plan = Samples.Plan;
        var bare = EngineJson.Canonical(plan).Replace("\"causesOutage\":false,", "").Replace("\"inputs\":{},", "").Replace("\"configHashes\":{},", "");
        Assert.NotEqual(EngineJson.Canonical(plan).Length, bare.Length);
        Assert.Equal(PlanHash.Compute(plan), PlanHash.Compute(EngineJson.Read<UpdatePlan>(bare, ErrorIds.PlanDamaged, "the plan")));
    }

    [Fact]
    public void Everything_else_is_hashed()
    {
        var plan = Samples.Plan;
        UpdatePlan[] others =
        [
            plan with { Schema = "upgradeops/plan/v2" },
            plan with { Name = "other" },
            plan with { Kind = OperationKind.Undo },
            plan with { From = plan.From with { SchemaFingerprint = "x" } },
            plan with { To = plan.To with { Digest = "sha256:x" } },
            plan with { Steps = [.. plan.Steps.Reverse()] },
            plan with { Steps = [plan.Steps[0] with { Inputs = new Dictionary<string, string>() }, plan.Steps[1]] },
            plan with { ExpectedOutageSeconds = 2 },
            plan with { OnFailureData = DataPolicy.Keep },
            plan with { Steps = [plan.Steps[0] with { Interruptible = false }, plan.Steps[1]] },
            plan with { Undoes = "x" },
            plan with { Changes = null },
        ];
        var hashes = others.Append(plan).Select(PlanHash.Compute).ToList();
        Assert.Equal(hashes.Count, hashes.Distinct().Count());
    }

    [Fact]
    public void A_changed_plan_is_refused()
    {
        var plan = PlanHash.Seal(Samples.Plan);
        PlanHash.Verify(EngineJson.Read<UpdatePlan>(EngineJson.Write(plan, indented: true), ErrorIds.PlanDamaged, "the plan"));

        var error = Assert.Throws<AppException>(() => PlanHash.Verify(plan with { OnFailureData = DataPolicy.Keep }));
        Assert.Equal(ErrorIds.PlanDamaged, error.ErrorId);
    }
}
