using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.Tests.Json;

/// <summary>
/// The promised shape of what scripts read, byte by byte. PowerShell's end-to-end tests compare with the same files.
/// A change here is a change of a contract.
/// </summary>
public class GoldenTests
{
    [Fact]
    public void Plan() => AssertGolden("plan.json", Samples.Plan);

    [Fact]
    public void Result() => AssertGolden("result.json", Samples.Result);

    [Fact]
    public void Backup_manifest() => AssertGolden("backup.json", Samples.Backup);

    [Fact]
    public void Canonical_plan() => Assert.Equal(Golden("plan.canonical.json"), EngineJson.Canonical(Samples.Plan) + "\n");

    /// <summary>Computed by another program (sorted keys, compact, SHA-256) without createdAt, findings and hash.</summary>
    [Fact]
    public void Hash_of_the_plan() =>
        Assert.Equal("974929d3f13d2f0d59f6beb1240d23f01529bc779bf8e749a1f668b435a205fd", PlanHash.Compute(Samples.Plan));

    private static void AssertGolden<T>(string file, T value)
    {
        Assert.Equal(Golden(file), EngineJson.Write(value, indented: true) + "\n");
        var back = EngineJson.Read<T>(Golden(file), ErrorIds.StateDamaged, file);
        Assert.Equal(EngineJson.Write(value), EngineJson.Write(back));
    }

    private static string Golden(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Json", "golden", file));
}
