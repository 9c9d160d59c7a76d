using UpgradeOps.Engine.Progress;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Faults;

/// <summary>Releases that are bad in their own ways: the old container comes back, and the version is remembered.</summary>
public sealed class ReleaseFaultTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    [Fact]
    public async Task A_bad_release_is_taken_back_and_remembered_as_bad()
    {
        Needs.Stack();
        await using var world = await FaultWorld.StartAsync(registry.Images, new KmpStackOptions { Bake = "20s" });
        await world.NoteAsync();
        var container = await world.ContainerAsync();
        foreach (var (key, release) in new Dictionary<string, KmpRelease>
        {
            ["release-exits"] = KmpRelease.V110 with { Version = "v3.0.1", Behaviour = KmpBehaviour.Exits },
            ["release-sick"] = KmpRelease.V110 with { Version = "v3.0.2", Behaviour = KmpBehaviour.Unhealthy },
            ["release-bake"] = KmpRelease.V110 with { Version = "v3.0.3", DiesAfter = 5 },
            ["release-lies"] = KmpRelease.V110 with { Version = "v3.0.4", Reports = FaultWorld.Before },
        })
        {
            await registry.Images.PublishAsync(release);
            var outcome = await world.UpdateAsync(release.Version);
            await world.ExpectAsync(key, outcome, release.Version);
            Assert.Equal(container, await world.ContainerAsync());
            Assert.Equal(ErrorIds.KnownBad, (await world.UpdateAsync(release.Version)).Error?.ErrorId);
        }
    }

    [Fact]
    public async Task A_new_container_that_somebody_removes_is_not_the_versions_fault()
    {
        Needs.Stack();
        await registry.Images.PublishAsync(KmpRelease.V110 with { Version = "v3.1.0" });
        await using var world = await FaultWorld.StartAsync(registry.Images, new KmpStackOptions { Bake = "20s" });
        world.Moment.At(ProgressKind.StepStarted, "health.bake", async () => await world.DockerAsync("rm", "--force", await world.ContainerAsync()));
        await world.ExpectAsync("removed", await world.UpdateAsync("v3.1.0"), "v3.1.0");
    }
}
