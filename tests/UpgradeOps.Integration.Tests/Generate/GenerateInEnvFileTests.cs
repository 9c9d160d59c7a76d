using UpgradeOps.Engine.Json;
using UpgradeOps.Integration.Git;

namespace UpgradeOps.Integration.Generate;

/// <summary>A Compose application whose service gets the whole <c>.env</c> file by <c>env_file:</c>, on the real engine.</summary>
public sealed class GenerateInEnvFileTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_value_arrives_and_one_that_was_handed_on_is_not_made_anew()
    {
        await using var world = await GitComposeWorld.StartAsync(
            w => w.ReleaseAsync("v1.0.0"), "app", "channels: { stable: \"v*\" }, channel: stable", "generate: [ { variable: DB_PASSWORD, random: alphanumeric }, { variable: EXTRA, random: hex } ]");
        var (env, before) = (Path.Combine(world.App, ".env"), await File.ReadAllTextAsync(Path.Combine(world.App, ".env"), Token));
        await File.WriteAllTextAsync(env, before.Replace($"DB_PASSWORD={GitComposeWorld.Password}\n", "", StringComparison.Ordinal), Token);
        await world.ReleaseAsync("v1.1.0");
        var refused = await world.UpdateAsync();
        Assert.True((refused.Status, refused.Error?.ErrorId, refused.Error?.Target) == (UpdateStatus.Refused, ErrorIds.SecretInUse, ".env#DB_PASSWORD"), Text(refused));
        Assert.DoesNotContain(GitComposeWorld.Password, Text(refused));
        Assert.Equal(before.Replace($"DB_PASSWORD={GitComposeWorld.Password}\n", "", StringComparison.Ordinal), await File.ReadAllTextAsync(env, Token));

        await File.WriteAllTextAsync(env, before, Token);
        var kept = await world.UpdateAsync();
        Assert.True((kept.Status, await world.RunningAsync()) == (UpdateStatus.Kept, "v1.1.0"), Text(kept));
        Assert.Matches("(?m)^EXTRA=[0-9a-f]{64}$", await world.ComposeAsync("exec", "app", "env"));
        Assert.StartsWith($"{before}EXTRA=", await File.ReadAllTextAsync(env, Token));
    }

    private static string Text(UpdateResult result) => EngineJson.Write(result, indented: true);
}
