namespace UpgradeOps.Integration.Faults;

/// <summary>The page says what the table says, and every row has a test that injects it.</summary>
public sealed class FaultPageTests
{
    [Fact]
    public void The_page_is_the_table()
    {
        var path = Path.Combine(FaultReport.Root, "docs", "faults.md");
        if (Environment.GetEnvironmentVariable("UPGRADEOPS_WRITE_PAGES") is "1")
            File.WriteAllText(path, FaultPage.Render());
        Assert.Equal(FaultPage.Render(), File.ReadAllText(path));
    }

    [Fact]
    public void Every_row_is_injected_and_every_error_is_in_the_catalogue()
    {
        var tests = string.Concat(Directory.GetFiles(Path.Combine(FaultReport.Root, "tests", "UpgradeOps.Integration.Tests", "Faults"), "*Tests.cs").Select(File.ReadAllText));
        foreach (var row in FaultTable.Rows)
        {
            Assert.True(tests.Contains($"\"{row.Key}\"", StringComparison.Ordinal), $"no test injects {row.Key}");
            Assert.True(row.ErrorId is null || ErrorCatalogue.Find(row.ErrorId) is not null, row.ErrorId);
        }
    }
}
