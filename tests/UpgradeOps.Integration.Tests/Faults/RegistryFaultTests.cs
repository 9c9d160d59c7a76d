namespace UpgradeOps.Integration.Faults;

/// <summary>What a registry does to us, and to the engine that pulls for us.</summary>
public sealed class RegistryFaultTests(FaultyRegistryWorld shared) : IClassFixture<FaultyRegistryWorld>
{
    private static readonly Dictionary<string, RegistryFault> Faults = new()
    {
        ["asked-401"] = RegistryFault.Answers(401, RegistryClientKind.Us),
        ["asked-404"] = RegistryFault.Answers(404, RegistryClientKind.Us, "/manifests/"),
        ["asked-429-soon"] = RegistryFault.Answers(429, RegistryClientKind.Us) with { RetryAfter = 1, Times = 2 },
        ["asked-429-late"] = RegistryFault.Answers(429, RegistryClientKind.Us) with { RetryAfter = 3600 },
        ["asked-500"] = RegistryFault.Answers(500, RegistryClientKind.Us),
        ["asked-slow"] = new(RegistryFaultKind.Slow) { From = RegistryClientKind.Us, Delay = TimeSpan.FromSeconds(1) },
        ["asked-cut"] = new(RegistryFaultKind.Cut) { From = RegistryClientKind.Us },
        ["asked-wrong"] = new(RegistryFaultKind.WrongBytes) { From = RegistryClientKind.Us, Path = "/manifests/" },
        ["pull-401"] = RegistryFault.Answers(401, RegistryClientKind.Engine),
        ["pull-404"] = RegistryFault.Answers(404, RegistryClientKind.Engine),
        ["pull-429"] = RegistryFault.Answers(429, RegistryClientKind.Engine),
        ["pull-500"] = RegistryFault.Answers(500, RegistryClientKind.Engine),
        ["pull-slow"] = new(RegistryFaultKind.Slow) { From = RegistryClientKind.Engine, Delay = TimeSpan.FromSeconds(1) },
        ["pull-cut"] = new(RegistryFaultKind.Cut) { From = RegistryClientKind.Engine },
        ["pull-wrong"] = new(RegistryFaultKind.WrongBytes) { From = RegistryClientKind.Engine, Path = "/blobs/" },
    };

    public static TheoryData<string> Keys => [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task It_is_told_as_what_it_is_and_a_version_serves(string key)
    {
        Needs.Stack();
        var world = shared.World;
        var version = await shared.PublishAsync();
        var container = await world.ContainerAsync();
        shared.Proxy.Inject(Faults[key]);
        var outcome = await world.UpdateAsync(version);
        Assert.True(shared.Proxy.Hits > 0, $"nobody met {key}: {outcome}");
        shared.Proxy.Inject(null);
        await world.ExpectAsync(key, outcome, version);
        if (outcome.Status == UpdateStatus.Kept)
            await world.GoBackAsync();
        else
            Assert.Equal(container, await world.ContainerAsync());
    }
}
