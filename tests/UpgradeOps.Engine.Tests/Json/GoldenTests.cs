using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.Tests.Json;

/// <summary>
/// The promised shape of what scripts read, byte by byte. PowerShell's end-to-end tests compare with the same files.
/// A change here is a change of a contract; where it is meant, run once with <c>UPGRADEOPS_ACCEPT=golden</c> and read the difference.
/// </summary>
public class GoldenTests
{
    private static readonly bool Accept = Environment.GetEnvironmentVariable("UPGRADEOPS_ACCEPT") == "golden";

    [Fact]
    public void Plan() => AssertRecord("plan.json", Samples.Plan);

    [Fact]
    public void Result() => AssertRecord("result.json", Samples.Result);

    /// <summary>What docs/history.md describes.</summary>
    [Fact]
    public void History() => AssertRecord("history.json", Samples.History);

    [Fact]
    public void Backup_manifest() => AssertRecord("backup.json", Samples.Backup);

    [Fact]
    public void Canonical_plan() => AssertGolden("plan.canonical.json", EngineJson.Canonical(Samples.Plan) + "\n");

    /// <summary>First computed by another program: sorted keys, compact, empty members left out, SHA-256.</summary>
    [Fact]
    public void Hash_of_the_plan() => AssertGolden("plan.sha256", PlanHash.Compute(Samples.Plan) + "\n");

    private static void AssertRecord<T>(string file, T value)
    {
        AssertGolden(file, EngineJson.Write(value, indented: true) + "\n");
        var back = EngineJson.Read<T>(Golden(file), ErrorIds.StateDamaged, file);
        Assert.Equal(EngineJson.Write(value), EngineJson.Write(back));
    }

    private static void AssertGolden(string file, string text)
    {
        if (Accept)
        {
            foreach (var folder in (string[])[AppContext.BaseDirectory, SourceFolder()])
                File.WriteAllText(Path.Combine(folder, "Json", "golden", file), text);
        }
        Assert.Equal(Golden(file), text);
    }

    private static string Golden(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Json", "golden", file));

    private static string SourceFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder.GetFiles("*.csproj").Length == 0)
            folder = folder.Parent!;
        return folder.FullName;
    }
}
