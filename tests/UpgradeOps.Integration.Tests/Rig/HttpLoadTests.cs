namespace UpgradeOps.Integration.Rig;

public sealed class HttpLoadTests
{
    [Fact]
    public async Task A_restart_under_load_is_seen_as_a_gap()
    {
        Needs.Stack();
        await using var registry = await RegistryServer.StartAsync();
        var images = new TestImages(registry);
        await images.PublishAsync(KmpRelease.V100);
        await using var stack = await KmpStack.StartAsync(images);

        await using var load = HttpLoad.Start(new Uri(stack.Url, "health"), perSecond: 100);
        await Task.Delay(500);
        (await stack.ComposeAsync("restart", "app")).Expect("restart");
        await Task.Delay(500);
        var seen = await load.StopAsync();

        Assert.True(seen.Ok > 50, seen.ToString());
        Assert.True(seen.Failed + seen.TimedOut > 0, seen.ToString());
        Assert.Equal(seen.Sent, seen.Ok + seen.Failed + seen.TimedOut);
        Assert.InRange(seen.LongestGap.TotalSeconds, 0.02, 10);
    }
}
