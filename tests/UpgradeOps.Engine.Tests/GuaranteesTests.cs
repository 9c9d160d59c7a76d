using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Tests;

/// <summary>What docs/guarantees.md promises is held by tests that exist.</summary>
public sealed partial class GuaranteesTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void Every_promise_names_tests_and_every_test_it_names_exists()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*.cs", SearchOption.AllDirectories).ToList();
        var promises = Promise().Split(File.ReadAllText(Path.Combine(Root, "docs", "guarantees.md")).Split("## What is not promised")[0])[1..];
        Assert.NotEmpty(promises);
        foreach (var promise in promises)
        {
            var title = promise.Split('\n')[0];
            var named = Named().Matches(promise);
            Assert.True(named.Count > 0, $"no test holds: {title}");
            foreach (Match test in named)
                Assert.True(Exists(test, sources), $"{test.Value} does not exist, named by: {title}");
        }
    }

    private static bool Exists(Match test, IEnumerable<string> sources) => test.Groups["script"] is { Success: true, Value: var script }
        ? File.Exists(Path.Combine(Root, "tests", "pester", script))
        : sources.Where(f => Path.GetFileName(f).Split('.')[0] == test.Groups["class"].Value)
            .Any(f => File.ReadAllText(f).Contains($" {test.Groups["method"].Value}(", StringComparison.Ordinal));

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "UpgradeOps.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("UpgradeOps.sln is in no folder above");
        return folder;
    }

    [GeneratedRegex(@"^(?=\d+\. \*\*)", RegexOptions.Multiline)]
    private static partial Regex Promise();

    [GeneratedRegex(@"`(?:(?<class>\w+(?:Tests|Contract))\.(?<method>\w+)|(?<script>[\w-]+\.Tests\.ps1))`")]
    private static partial Regex Named();
}
