namespace UpgradeOps.PowerShell.Tests;

/// <summary>What every cmdlet must keep to, as far as its attributes tell.</summary>
public class CmdletTests
{
    /// <summary>Verbs that only look. All others change something and must be able to tell what they would do.</summary>
    private static readonly string[] Looking = ["Get", "Wait", "Test"];

    public static TheoryData<string> Names => [.. ModuleFolder.Cmdlets.Select(c => c.Name)];

    [Fact]
    public void There_are_cmdlets() => Assert.True(ModuleFolder.Cmdlets.Count >= 20);

    [Theory, MemberData(nameof(Names))]
    public void Has_a_singular_noun_with_the_prefix(string name) => Assert.Matches("^App([A-Z][a-z]*(?<![^u]s))*$", Find(name).Noun);

    [Theory, MemberData(nameof(Names))]
    public void Has_a_source_file_and_a_test_file_of_its_own(string name)
    {
        Assert.True(File.Exists(Path.Combine(ModuleFolder.Repository, "src", "UpgradeOps.PowerShell", "Commands", name.Replace("-", "") + "Command.cs")));
        Assert.True(File.Exists(Path.Combine(ModuleFolder.Repository, "tests", "pester", name + ".Tests.ps1")));
    }

    [Theory, MemberData(nameof(Names))]
    public void Can_tell_what_it_would_do_when_it_changes_something(string name)
    {
        var cmdlet = Find(name);
        // Proving a backup restores it into a scratch place and records the proof; smoke tests do what they say; a rehearsal makes a backup and a copy.
        Assert.Equal(name is "Test-AppBackup" or "Test-App" or "Test-AppUpdate" || !Looking.Contains(cmdlet.Verb), cmdlet.ShouldProcess);
    }

    [Theory, MemberData(nameof(Names))]
    public void Takes_no_secret_as_text(string name) => Assert.DoesNotContain(
        Find(name).Parameters,
        p => p.Type.StartsWith("String", StringComparison.Ordinal)
            && new[] { "password", "secret", "token", "key", "credential" }.Any(w => p.Name.Contains(w, StringComparison.OrdinalIgnoreCase)));

    [Theory, MemberData(nameof(Names))]
    public void Takes_the_application_first_and_from_the_pipeline(string name)
    {
        var first = Find(name).Parameters.Single(p => p.Name == (name == "Register-App" ? "Path" : "Name"));
        var use = Assert.Single(first.Uses.Values);
        Assert.Equal(0, use.Position);
        Assert.True(use.ByName);
    }

    [Theory, MemberData(nameof(Names))]
    public void Binds_what_records_carry_by_property_name(string name) => Assert.All(
        Find(name).Parameters.Where(p => p.Name is "BackupId" or "OperationId" || (p.Name == "Version" && Find(name).Verb != "Wait")),
        p => Assert.All(p.Uses.Values, u => Assert.True(u.ByName, $"{name} -{p.Name}")));

    private static HelpWriter.Cmdlet Find(string name) => ModuleFolder.Cmdlets.Single(c => c.Name == name);
}
