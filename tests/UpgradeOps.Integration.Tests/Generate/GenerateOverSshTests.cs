using System.Text.RegularExpressions;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Integration.Hosts;

namespace UpgradeOps.Integration.Generate;

/// <summary>A service on another machine gets what is missing with its first version, from the console, over a real SSH server.</summary>
public sealed class GenerateOverSshTests
{
    private const string Generate = """
        generate:
          - { variable: TOKEN, env-file: shared/.env, random: hex }
          - { key: ec-p256, private: secrets/own.pem, public: secrets/open.pem, mode: "0640" }
          - { file: shared/session, random: base64url, bytes: 48 }
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_first_version_a_second_and_a_way_back_leave_one_set_of_values()
    {
        Needs.Parts(Part.Ssh, Part.OpenSsl);
        await using var world = await SshServiceWorld.StartAsync(Generate);
        await File.WriteAllTextAsync(Path.Combine(world.Shared, ".env"), "# ours\r\nA=1", Token);
        File.SetUnixFileMode(Path.Combine(world.Shared, ".env"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var first = await world.UpdateAsync("1.0.0");
        Assert.True(first.Status == UpdateStatus.Kept, Text(first));
        Assert.Equal("generate.make", first.Steps[0].Kind);
        var made = Made(world);
        Assert.Matches(@"\A# ours\r\nA=1\r\nTOKEN=[0-9a-f]{64}\r\n\z", made["shared/.env"]);
        Assert.Matches(@"\A[\w-]{64}\z", made["shared/session"]);
        Assert.Equal(made["secrets/open.pem"], (await new Command("openssl", "pkey", "-in", "secrets/own.pem", "-pubout") { Folder = world.Service }.RunAsync()).Expect("openssl"));
        Assert.Equal(["640", "640", "644", "600", "700"],
            new[] { "shared/.env", "secrets/own.pem", "secrets/open.pem", "shared/session", "secrets" }.Select(f => Convert.ToString((int)File.GetUnixFileMode(Path.Combine(world.Service, f)), 8)));

        var second = await world.UpdateAsync("1.1.0");
        Assert.True(second.Status == UpdateStatus.Kept && second.Steps.All(s => s.Kind != "generate.make"), Text(second));
        var undone = (await world.RunAsync(null, "undo", world.Definition, "--yes")).Result;
        Assert.True(undone.Status == UpdateStatus.Kept, Text(undone));
        Assert.Equal(made, Made(world));
    }

    [Fact]
    public async Task A_failed_update_leaves_what_it_made_and_the_next_uses_it()
    {
        Needs.Parts(Part.Ssh);
        await using var world = await SshServiceWorld.StartAsync(Generate);
        var failed = await world.UpdateAsync("1.2.0");
        Assert.True(failed.Status == UpdateStatus.Undone, Text(failed));
        var made = Made(world);
        var kept = await world.UpdateAsync("1.0.0", "--force");
        Assert.True(kept.Status == UpdateStatus.Kept && kept.Steps.All(s => s.Kind != "generate.make"), Text(kept));
        Assert.Equal(made, Made(world));
    }

    [Theory]
    [InlineData("resume")]
    [InlineData("undo")]
    public async Task Killed_as_it_begins_it_is_made_or_not_and_never_twice(string way)
    {
        Needs.Parts(Part.Ssh);
        await using var world = await SshServiceWorld.StartAsync(Generate);
        var killed = await world.RunAsync(e => e.Kind == ProgressKind.StepStarted && e.StepId!.Contains("generate.make", StringComparison.Ordinal), "update", world.Definition, "--version", "1.0.0", "--yes");
        Assert.True(killed.KilledAt is not null, killed.ToString());
        var before = Made(world);
        var result = (await world.RunAsync(null, [way, world.Definition, .. way == "undo" ? ["--yes"] : Array.Empty<string>()])).Result;
        Assert.True(result.Status == (way == "undo" ? UpdateStatus.Undone : UpdateStatus.Kept), Text(result));
        if (way == "undo")
            Assert.Equal(UpdateStatus.Kept, (await world.UpdateAsync("1.0.0")).Status);
        var made = Made(world);
        Assert.Equal(["secrets/open.pem", "secrets/own.pem", "shared/.env", "shared/session"], made.Keys.Order(StringComparer.Ordinal));
        Assert.All(before, f => Assert.Equal(f.Value, made[f.Key]));
        Assert.Empty(Directory.EnumerateFiles(world.Service, "*.upgradeops-new", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task What_a_backup_has_is_not_made_anew_unless_a_person_says_so()
    {
        Needs.Parts(Part.Ssh);
        await using var world = await SshServiceWorld.StartAsync(Generate);
        await File.WriteAllTextAsync(world.Definition, (await File.ReadAllTextAsync(world.Definition, Token)).Replace("[ { folder: shared } ]", "[ { files: [shared/.env, shared/session] } ]", StringComparison.Ordinal), Token);
        Assert.Equal(UpdateStatus.Kept, (await world.UpdateAsync("1.0.0")).Status);
        var made = Made(world);
        File.Delete(Path.Combine(world.Shared, "session"));
        await File.WriteAllTextAsync(Path.Combine(world.Shared, ".env"), "A=1\n", Token);

        var refused = await world.UpdateAsync("1.1.0");
        Assert.True((refused.Status, refused.Error?.ErrorId) == (UpdateStatus.Refused, ErrorIds.SecretInUse), Text(refused));
        Assert.Contains("shared/.env#TOKEN is missing, but it was there when backup", refused.Error!.Message);
        Assert.Contains("shared/session is missing, but it was there when backup", refused.Error.Message);
        // Where the message says, it is.
        var files = Regex.Match(refused.Error.RecommendedAction!, "Put it back from (.+); where").Groups[1].Value;
        Assert.Equal(made["shared/.env"], await File.ReadAllTextAsync(Path.Combine(files, "shared/.env"), Token));

        await File.WriteAllTextAsync(world.Definition, Regex.Replace(await File.ReadAllTextAsync(world.Definition, Token), "random: (hex|base64url)", "disposable: true, $0"), Token);
        var allowed = await world.UpdateAsync("1.1.0");
        Assert.True(allowed.Status == UpdateStatus.Kept, Text(allowed));
        Assert.NotEqual(made["shared/session"], Made(world)["shared/session"]);
    }

    private static IReadOnlyDictionary<string, string> Made(SshServiceWorld world) => new[] { "shared/.env", "shared/session", "secrets/own.pem", "secrets/open.pem" }
        .Where(f => File.Exists(Path.Combine(world.Service, f))).ToDictionary(f => f, f => File.ReadAllText(Path.Combine(world.Service, f)));

    private static string Text(UpdateResult result) => EngineJson.Write(result, indented: true);
}
