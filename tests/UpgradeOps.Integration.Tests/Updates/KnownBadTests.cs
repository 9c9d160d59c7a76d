using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Integration.Updates;

/// <summary>A version that failed is not tried again by itself; what comes after it under the same tag is.</summary>
public sealed class KnownBadTests
{
    [Fact]
    public async Task A_moving_tag_is_bad_for_as_long_as_the_bad_digest_stands_behind_it()
    {
        Needs.Stack();
        await using var registry = await RegistryServer.StartAsync();
        var images = new TestImages(registry);
        await images.PublishAsync(KmpRelease.V100, "v1.0.0", "latest");
        await using var stack = await KmpStack.StartAsync(images, new KmpStackOptions { Tag = "latest" });
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);
        await images.PublishAsync(KmpRelease.V120, "v1.2.0", "latest");
        var failed = await admin.UpdateAsync(name);
        Assert.True(failed.Status == UpdateStatus.Undone, Outcomes.Describe(failed));

        admin.NewSession();
        var status = await admin.StatusAsync(name);
        Assert.False(status.UpdateAvailable);
        var why = Assert.Single(status.Problems, p => p.ErrorId == ErrorIds.KnownBad);
        Assert.Contains("The newest of channel release is known to be bad, so nothing newer is offered: v1.2.0 failed here", why.Message, StringComparison.Ordinal);
        var bad = Assert.Single(status.KnownBad);
        Assert.Equal(("v1.2.0", failed.ToDigest, failed.OperationId), (bad.Version, bad.Digest, bad.OperationId));
        var releases = await new ListReleases(admin.Session).RunAsync(name, CancellationToken.None);
        Assert.Equal(["v1.2.0"], releases.Where(r => r.KnownBad is not null).Select(r => r.Version));
        var again = await admin.UpdateAsync(name);
        Assert.Equal((UpdateStatus.Refused, ErrorIds.KnownBad), (again.Status, again.Error!.ErrorId));
        Assert.EndsWith($"Invoke-AppUpdate -Name {name} -Version latest -Force", again.Next, StringComparison.Ordinal);
        Assert.Equal(UpdateStatus.Refused, (await admin.UpdateAsync(name, force: true)).Status);
        var insisted = await admin.UpdateAsync(name, version: "latest", force: true);
        Assert.True(insisted.Status == UpdateStatus.Undone, Outcomes.Describe(insisted));

        await images.PublishAsync(KmpRelease.V110, "v1.1.0", "latest");
        Assert.True((await admin.StatusAsync(name)).UpdateAvailable);
        var kept = await admin.UpdateAsync(name);
        Assert.True(kept.Status == UpdateStatus.Kept, Outcomes.Describe(kept));
        Assert.Equal("v1.1.0", await stack.VersionAsync());
    }
}
