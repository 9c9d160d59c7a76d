using System.Reflection;

namespace UpgradeOps.PowerShell.Tests;

public class LayoutTests
{
    [Fact]
    public void Root_holds_only_what_the_default_context_may_load() =>
        Assert.Equal(["UpgradeOps.Model.dll", "UpgradeOps.dll"], ModuleFolder.Files("", "*.dll").Order(StringComparer.Ordinal));

    [Fact]
    public void Dependencies_never_hold_the_model_or_PowerShell() =>
        Assert.DoesNotContain(ModuleFolder.Files("deps", "*.dll"), f => f is "UpgradeOps.Model.dll" or "UpgradeOps.dll" or "System.Management.Automation.dll");

    [Fact]
    public void Holds_nothing_but_what_an_installation_needs() =>
        Assert.DoesNotContain(
            Directory.GetFiles(ModuleFolder.Path, "*", SearchOption.AllDirectories),
            f => Path.GetExtension(f) is not (".dll" or ".psd1" or ".ps1xml" or ".xml" or ".txt" or "") || f.EndsWith("UpgradeOps.xml", StringComparison.Ordinal));

    [Fact]
    public void Help_and_topics_are_there()
    {
        Assert.Contains("UpgradeOps.dll-Help.xml", ModuleFolder.Files("en-US", "*"));
        string[] topics = ["", "_Definitions", "_Rollback", "_Runbooks", "_Security"];
        Assert.All(topics, t => Assert.Contains($"about_UpgradeOps{t}.help.txt", ModuleFolder.Files("en-US", "*")));
    }

    /// <summary>PowerShell 7.4 runs on .NET 8: what is needed must be in that framework or in deps, in at least the version that is asked for.</summary>
    [Fact]
    public void Every_reference_is_met_on_net8()
    {
        var shipped = Directory.GetFiles(ModuleFolder.Path, "*.dll", SearchOption.AllDirectories).ToDictionary(f => Path.GetFileNameWithoutExtension(f));
        var missing = from file in shipped.Values
                      from reference in ModuleFolder.References(file)
                      where !Met(reference, shipped)
                      select $"{Path.GetFileName(file)} -> {reference.FullName}";
        Assert.Empty(missing);
    }

    [Fact]
    public void Nothing_was_built_for_a_newer_framework_than_net8() =>
        Assert.All(
            Directory.GetFiles(ModuleFolder.Path, "*.dll", SearchOption.AllDirectories),
            f => Assert.Matches(@"^\.NETCoreApp,Version=v[5-8]\.0$|^\.NETStandard,Version=v2\.[01]$", ModuleFolder.Framework(f)));

    [Fact]
    public void Only_the_module_itself_speaks_with_PowerShell()
    {
        Assert.Contains(ModuleFolder.References(ModuleFolder.File("UpgradeOps.dll")), r => r.Name == "System.Management.Automation");
        Assert.All(
            Directory.GetFiles(ModuleFolder.File("deps"), "*.dll").Append(ModuleFolder.File("UpgradeOps.Model.dll")),
            f => Assert.DoesNotContain(ModuleFolder.References(f), r => r.Name == "System.Management.Automation"));
    }

    /// <summary>The framework's own assemblies carry its version, 8.0; anything of it in a newer one must be in deps.</summary>
    private static bool Met(AssemblyName reference, Dictionary<string, string> shipped)
    {
        if (shipped.TryGetValue(reference.Name!, out var file))
            return AssemblyName.GetAssemblyName(file).Version >= reference.Version;
        return reference.Name is "System.Management.Automation" or "netstandard"
            || (reference.Version <= new Version(8, 0, 0, 0) && IsFramework(reference.Name!));
    }

    private static bool IsFramework(string name) => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Any(p => Path.GetFileNameWithoutExtension(p) == name && p.Contains("Microsoft.NETCore.App", StringComparison.Ordinal));
}
