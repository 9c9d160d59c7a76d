using System.Text.Json;

namespace UpgradeOps.Cli.Tests;

/// <summary><c>--prove-backup</c>: how far the backup of one update is proved.</summary>
public sealed class ProveBackupOptionTests
{
    [Fact]
    public async Task It_says_how_far_the_backup_is_proved_and_the_evidence_is_in_the_result()
    {
        await using var app = await ServiceInstallation.CreateAsync(quiesce: "none");
        File.WriteAllText(app.GatePath, "");
        Assert.Contains("backup.prove", (await RunAsync(app, "plan", "app", "--version", "1.1.0", "--json")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("backup.prove", (await RunAsync(app, "plan", "app", "--version", "1.1.0", "--prove-backup", "none", "--json")).Output, StringComparison.Ordinal);

        var wrong = await RunAsync(app, "update", "app", "--prove-backup", "much");
        Assert.Equal(ExitCodes.Usage, wrong.ExitCode);
        Assert.Contains("--prove-backup", wrong.Error, StringComparison.Ordinal);
        var twice = await RunAsync(app, "update", "app", "--plan", app.DefinitionPath, "--prove-backup", "checksum");
        Assert.Equal(ExitCodes.Usage, twice.ExitCode);
        Assert.Contains("--plan says what to do", twice.Error, StringComparison.Ordinal);
        await app.AssertRunsAsync("1.0.0");

        Assert.Equal("Checksum", await UpdateAsync(app, "1.1.0", "checksum"));
        Assert.Equal("None", await UpdateAsync(app, "1.0.0", "none", "--force"));
        // What the definition says, which is nothing here, counts without the option.
        Assert.Equal("Structure", await UpdateAsync(app, "1.1.0", null));
    }

    /// <returns>How far the backup of the update was proved, as its result says.</returns>
    private static async Task<string> UpdateAsync(ServiceInstallation app, string version, string? level, params string[] options)
    {
        var kept = await RunAsync(app, ["update", "app", "--version", version, "--json", "--yes", .. options, .. level is null ? Array.Empty<string>() : ["--prove-backup", level]]);
        Assert.True(kept.ExitCode == ExitCodes.Ok, kept.Error);
        await app.AssertRunsAsync(version);
        using var json = JsonDocument.Parse(kept.Output);
        if (!json.RootElement.TryGetProperty("proof", out var proof) || proof.ValueKind == JsonValueKind.Null)
            return "None";
        var told = proof.GetProperty("level").GetString()!;
        Assert.Equal(told != "None", proof.GetProperty("evidence").GetArrayLength() > 0);
        return told;
    }

    private static Task<Outcome> RunAsync(ServiceInstallation app, params string[] arguments) => Cli.RunAsync([.. arguments, .. app.Globals]);
}
