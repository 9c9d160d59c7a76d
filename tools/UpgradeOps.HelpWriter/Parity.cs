namespace UpgradeOps.HelpWriter;

/// <summary>Compares help and cmdlets both ways: what is there must be told, what is told must be there.</summary>
internal static class Parity
{
    private const int LeastExamples = 2;

    public static IEnumerable<string> Check(IReadOnlyList<Cmdlet> cmdlets, IReadOnlyList<HelpPage> pages)
    {
        foreach (var cmdlet in cmdlets.Where(c => pages.All(p => p.Name != c.Name)))
            yield return $"{cmdlet.Name}: error: has no help page";

        foreach (var page in pages)
        {
            var faults = cmdlets.FirstOrDefault(c => c.Name == page.Name) is { } cmdlet ? Check(cmdlet, page) : [$"there is no cmdlet '{page.Name}'"];
            foreach (var fault in faults)
                yield return $"{page.Path}: error: {fault}";
        }
    }

    private static IEnumerable<string> Check(Cmdlet cmdlet, HelpPage page)
    {
        if (Path.GetFileNameWithoutExtension(page.Path) != page.Name)
            yield return $"the file should be called {page.Name}.md";
        if (page.Synopsis.Length == 0)
            yield return "has no synopsis";
        if (page.Description.Count == 0)
            yield return "has no description";
        foreach (var missing in cmdlet.Parameters.Select(p => p.Name).Except(page.Parameters.Keys))
            yield return $"says nothing about -{missing}";
        foreach (var surplus in page.Parameters.Keys.Except(cmdlet.Parameters.Select(p => p.Name)))
            yield return $"tells of -{surplus}, which {cmdlet.Name} does not have";
        foreach (var empty in page.Parameters.Where(p => p.Value.Count == 0))
            yield return $"says nothing about -{empty.Key}";
        foreach (var missing in cmdlet.Outputs.Except(page.Outputs.Keys))
            yield return $"says nothing about the output {missing}";
        foreach (var surplus in page.Outputs.Keys.Except(cmdlet.Outputs))
            yield return $"tells of the output {surplus}, which {cmdlet.Name} does not declare";
        if (page.Examples.Count < LeastExamples)
            yield return $"has {page.Examples.Count} of {LeastExamples} examples";
        foreach (var example in page.Examples.Where(e => !e.Code.Contains(cmdlet.Name) || e.Remarks.Count == 0))
            yield return $"example '{example.Title}' does not use {cmdlet.Name}, or says nothing about it";
    }
}
