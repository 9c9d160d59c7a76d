using System.Text.Json;
using UpgradeOps.Cli.CommandLine;

namespace UpgradeOps.Cli.Tests;

/// <summary>The built console, run as a process.</summary>
public sealed class ConsoleTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("upgradeops-cli-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Help_names_every_verb_and_the_command_itself()
    {
        var help = await Cli.RunAsync("--help");

        Assert.Equal(ExitCodes.Ok, help.ExitCode);
        Assert.Contains("upgradeops [command] [options]", help.Output);
        Assert.All(VerbList.All(), v => Assert.Contains($"  {v.Name}", help.Output));
    }

    [Theory]
    [InlineData("bogus")]
    [InlineData("update")]
    [InlineData("update kmp --nonsense")]
    [InlineData("update kmp --plan p.json --version 1.2")]
    [InlineData("restore kmp --backup-id x --file y")]
    [InlineData("undo kmp --data everything")]
    [InlineData("logs kmp --tail many")]
    public async Task What_is_not_understood_does_nothing_and_ends_with_2(string line)
    {
        var outcome = await RunAsync(line.Split(' '));

        Assert.Equal(ExitCodes.Usage, outcome.ExitCode);
        Assert.Contains("usage:", outcome.Error);
        Assert.Contains("next: upgradeops", outcome.Error);
        Assert.Empty(outcome.Output);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("update")]
    [InlineData("undo")]
    [InlineData("resume")]
    [InlineData("history")]
    [InlineData("lock")]
    [InlineData("logs")]
    public async Task An_unknown_application_is_told_with_id_and_next_command(string verb)
    {
        var outcome = await RunAsync(verb, "nobody", "--json");

        Assert.Equal(ExitCodes.Error, outcome.ExitCode);
        Assert.Empty(outcome.Output);
        Assert.Contains("target: nobody\n", outcome.Error);
        Assert.Contains("next: upgradeops apps", outcome.Error);
        Assert.Contains($"id: {ErrorIds.AppUnknown}\n", outcome.Error);
        Assert.DoesNotContain('\u001b', outcome.Error);
    }

    [Fact]
    public async Task A_definition_with_a_slip_is_refused_with_its_line()
    {
        var path = Path.Combine(folder, "notes.yaml");
        await File.WriteAllTextAsync(path, "schema: upgradeops/v1\nname: notes\nplatfrom: {}\n");

        var outcome = await RunAsync("register", path);

        Assert.Equal(ExitCodes.Error, outcome.ExitCode);
        Assert.Contains($"{path}:3", outcome.Error);
        Assert.Contains("id: UpgradeOps.Definition.", outcome.Error);
        Assert.Equal("[]", (await RunAsync("apps", "--json")).Output.Trim());
    }

    [Fact]
    public async Task Registering_listing_and_forgetting()
    {
        var path = Path.Combine(folder, "notes.yaml");
        await File.WriteAllTextAsync(path, $$"""
            schema: upgradeops/v1
            name: notes
            platform: { service: { directory: "{{folder}}", command: [sh, run] } }
            releases: { folder: "{{folder}}" }

            """);

        var registered = await RunAsync("register", path, "--json");
        var table = await RunAsync("apps");
        var forgotten = await RunAsync("unregister", "notes");

        using var json = JsonDocument.Parse(registered.Output);
        Assert.Equal("notes", json.RootElement.GetProperty("name").GetString());
        Assert.Equal(path, json.RootElement.GetProperty("path").GetString());
        Assert.Matches(@"(?m)^NAME +PLATFORM +HOST", table.Output);
        Assert.Matches(@"(?m)^notes +service +local", table.Output);
        Assert.DoesNotContain('\u001b', table.Output);
        Assert.Equal(ExitCodes.Ok, forgotten.ExitCode);
        Assert.Equal("No application is registered.", (await RunAsync("apps")).Output.Trim());
    }

    [Fact]
    public async Task A_plan_that_cannot_be_read_is_an_error_of_its_own()
    {
        var path = Path.Combine(folder, "plan.json");
        await File.WriteAllTextAsync(path, "{ \"name\": \"notes\", ");

        var cut = await RunAsync("update", "notes", "--plan", path);
        var gone = await RunAsync("update", "notes", "--plan", path + "x");

        Assert.All([cut, gone], o => Assert.Equal(ExitCodes.Error, o.ExitCode));
        Assert.All([cut, gone], o => Assert.Contains($"id: {ErrorIds.PlanDamaged}", o.Error));
    }

    [Fact]
    public async Task The_schema_is_the_published_one()
    {
        var schema = await RunAsync("schema");

        using var json = JsonDocument.Parse(schema.Output);
        Assert.Equal("upgradeops.v1.json", json.RootElement.GetProperty("$id").GetString());
    }

    private Task<Outcome> RunAsync(params string[] arguments) =>
        Cli.RunAsync([.. arguments, "--config-folder", Path.Combine(folder, "config"), "--state-folder", Path.Combine(folder, "state")]);
}
