using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Engine.Tests.Hosts;

public sealed class LocalHostTests : HostContract
{
    private protected override IHost Host { get; } = new LocalHost();

    [Fact]
    public async Task The_environment_is_added_to_ours_or_to_a_clean_one()
    {
        Environment.SetEnvironmentVariable("UPGRADEOPS_TEST_FOREIGN", "seen");
        var added = new Dictionary<string, string> { ["ADDED"] = "a b" };
        var command = Shell("printf '%s-%s-%s' \"$ADDED\" \"$UPGRADEOPS_TEST_FOREIGN\" \"${PATH:+path}\"") with { Environment = added };

        var ours = await Host.RunAsync(command, Token);
        var clean = await Host.RunAsync(command with { Detached = true }, Token);

        Assert.Equal("a b-seen-path", ours.Output);
        Assert.Equal("a b--path", clean.Output);
    }
}
