using System.Text;
using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.Tests.Json;

public class EngineJsonTests
{
    [Fact]
    public void Leaves_out_null_and_computed_members()
    {
        var json = EngineJson.Write(new Deployment { Name = "kmp" });
        Assert.Equal("""{"name":"kmp","instances":[],"configHashes":{}}""", json);
    }

    [Fact]
    public void Writes_the_runtime_type() =>
        Assert.Contains("\"version\"", EngineJson.Write<object>(new Release { Name = "kmp", Version = "1", Tag = "1", Source = "x" }), StringComparison.Ordinal);

    [Fact]
    public void Writes_what_a_face_puts_together_by_hand() =>
        Assert.Equal("""{"count":2,"status":"Kept"}""", EngineJson.Write(new { Count = 2, Status = UpdateStatus.Kept }));

    [Theory]
    [InlineData("2026-03-01T12:00:00+01:00", "2026-03-01T11:00:00Z")]
    [InlineData("2026-03-01T12:00:00", "2026-03-01T12:00:00Z")]
    [InlineData("2026-03-01T12:00:00.1230000Z", "2026-03-01T12:00:00.123Z")]
    public void Times_are_written_in_utc(string read, string written)
    {
        var entry = EngineJson.Read<LogLine>($$"""{"name":"a","instance":"b","message":"c","at":"{{read}}"}""", ErrorIds.StateDamaged, "line");
        Assert.Contains($"\"at\":\"{written}\"", EngineJson.Write(entry), StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_what_ConvertTo_Json_makes_of_a_record()
    {
        const string text = """{"Schema":"upgradeops/plan/v1","Name":"kmp","Kind":1,"From":{},"To":{},"Steps":[],"OnFailureData":2,"IsEmpty":true}""";
        var plan = EngineJson.Read<UpdatePlan>(text, ErrorIds.PlanDamaged, "the plan");
        Assert.Equal(OperationKind.Undo, plan.Kind);
        Assert.Equal(DataPolicy.Stop, plan.OnFailureData);
    }

    [Fact]
    public void Reads_bytes_with_a_byte_order_mark()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("""{"errorId":"x","message":"y"}""")];
        Assert.Equal("y", EngineJson.Read<AppError>(bytes, ErrorIds.StateDamaged, "file").Message);
    }

    [Theory]
    [InlineData("", "the plan, line 1")]
    [InlineData("null", "holds null")]
    [InlineData("{\n  \"name\": \"kmp\",\n  oops", "line 3")]
    [InlineData("""{"name":"kmp"}""", "from")]
    [InlineData("""{"name":null,"from":{},"to":{}}""", "'name' must not be null")]
    [InlineData("""{"name":"kmp","from":{},"to":{},"onFailureData":"Perhaps"}""", "expected one of Keep, Restore, Stop")]
    [InlineData("""{"name":"kmp","from":{},"to":{},"onFailureData":7}""", "expected one of Keep, Restore, Stop")]
    [InlineData("""{"name":"kmp","from":{},"to":{},"createdAt":"yesterday"}""", "at $.createdAt: expected a time")]
    [InlineData("""{"name":"kmp","from":{},"to":{},"steps":{}}""", "at $.steps: the value is not of the right kind.")]
    [InlineData("""{"name":"kmp","from":{},"to":{}} trailing""", "line 1")]
    public void Bad_json_is_a_typed_error_that_says_where(string json, string part)
    {
        var error = Assert.Throws<AppException>(() => EngineJson.Read<UpdatePlan>(json, ErrorIds.PlanDamaged, "the plan"));
        Assert.Equal(ErrorIds.PlanDamaged, error.ErrorId);
        Assert.Equal("the plan", error.Error.Target);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", error.Message, StringComparison.Ordinal);

        var same = Assert.Throws<AppException>(() => EngineJson.Read<UpdatePlan>(Encoding.UTF8.GetBytes(json), ErrorIds.PlanDamaged, "the plan"));
        Assert.Equal(error.Message, same.Message);
    }
}
