using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Progress;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Faults;

/// <summary>A bucket that refuses, breaks off or damages the copy of a backup that an update waits for.</summary>
public sealed class StoreFaultTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    private static readonly S3Fault Gone = new(S3FaultKind.Gone) { Writing = false };

    [Fact]
    public async Task A_bucket_that_fails_while_the_backup_is_copied()
    {
        Needs.Stack();
        Needs.Parts(Part.S3);
        await using var server = await S3Server.StartAsync("night");
        await using var bucket = await FaultyS3.StartAsync(server);
        await using var world = await FaultWorld.StartAsync(registry.Images);
        var definition = await File.ReadAllTextAsync(world.Stack.DefinitionPath);
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(world.Stack.DefinitionPath)!, "store-key"), "a-key-that-nobody-checks\n");
        await StoreAsync(world, definition, bucket, "");

        await ExpectAsync(world, bucket, "store-refused", new S3Fault(S3FaultKind.Status) { Status = 403, Code = "AccessDenied" });
        await ExpectAsync(world, bucket, "store-full", new S3Fault(S3FaultKind.Status) { Status = 507, Code = "XMinioStorageFull" });
        await ExpectAsync(world, bucket, "store-gone", Gone);
        await ExpectAsync(world, bucket, "store-damaged", new S3Fault(S3FaultKind.WrongBytes) { Times = 1 });
        Assert.DoesNotContain(await server.KeysAsync("night"), k => k.EndsWith("manifest.json", StringComparison.Ordinal));

        await ExpectAsync(world, bucket, "store-slow-down", new S3Fault(S3FaultKind.Status) { Status = 503, Code = "SlowDown", Times = 2 });
        await world.GoBackAsync();
        await ExpectAsync(world, bucket, "store-cut", new S3Fault(S3FaultKind.Cut) { Times = 1 });
        await world.GoBackAsync();


        await StoreAsync(world, definition, bucket, ", required: false");
        await ExpectAsync(world, bucket, "store-optional", Gone);
    }

    private static Task StoreAsync(FaultWorld world, string definition, FaultyS3 bucket, string more) => File.WriteAllTextAsync(
        world.Stack.DefinitionPath,
        $$"""
        {{definition}}store:
          s3: { bucket: night, endpoint: "{{bucket.Endpoint}}", accessKey: "file:store-key", secretKey: "file:store-key" }{{more.Replace(", ", "\n  ", StringComparison.Ordinal)}}

        """);

    private static async Task ExpectAsync(FaultWorld world, FaultyS3 bucket, string key, S3Fault fault)
    {
        world.Moment.At(ProgressKind.StepStarted, "backup.upload", () =>
        {
            bucket.Inject(fault);
            return Task.CompletedTask;
        });
        var outcome = await world.UpdateAsync("v1.1.0");
        Assert.True(bucket.Hits > 0, $"{key} did not happen: {outcome}");
        bucket.Inject(null);
        await world.ExpectAsync(key, outcome, "v1.1.0");
    }
}
