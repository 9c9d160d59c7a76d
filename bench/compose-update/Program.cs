using System.Diagnostics;
using UpgradeOps;
using UpgradeOps.ComposeUpdate;
using UpgradeOps.Engine.Operations;
using UpgradeOps.TestKit;

// Both ways update the same application from v1.0.0 to v1.1.0 on the same engine in turn, with 200 requests a second beside them.
// Bake and backups are off: the switch itself is compared.
const int Rounds = 5;
if (Require.Missing(Part.Docker, Part.Compose, Part.Registry, Part.Compiler, Part.Postgres, Part.MariaDb) is { } reason)
{
    Console.Error.WriteLine(reason);
    return 1;
}

await using var registry = await RegistryServer.StartAsync();
var images = new TestImages(registry);
await images.PublishAllAsync();
foreach (var database in new[] { DatabaseKind.None, DatabaseKind.Postgres })
{
    var byHand = new List<Measure>();
    var ours = new List<Measure>();
    for (var round = 0; round < Rounds; round++)
    {
        byHand.Add(await MeasureAsync(database, UpdateByHandAsync));
        ours.Add(await MeasureAsync(database, UpdateByUpgradeOpsAsync));
    }

    Console.WriteLine($"database: {database}; medians of {Rounds}");
    Console.WriteLine($"  docker compose pull && up -d --wait   {Measure.Median(byHand)}");
    Console.WriteLine($"  UpgradeOps                            {Measure.Median(ours)}");
    Console.WriteLine($"  ratio of time {Measure.Ratio(ours, byHand, m => m.Seconds):0.00}, of requests without answer {Measure.Ratio(ours, byHand, m => m.Lost):0.00}");
}

return 0;

async Task<Measure> MeasureAsync(DatabaseKind database, Func<KmpStack, Task> update)
{
    await using var stack = await KmpStack.StartAsync(images, new KmpStackOptions { Database = database, OddEnvFile = false, Bake = "0s" });
    await using var load = HttpLoad.Start(new Uri(stack.Url, "health"), perSecond: 200);
    await Task.Delay(TimeSpan.FromSeconds(1));
    var watch = Stopwatch.StartNew();
    await update(stack);
    var seconds = watch.Elapsed.TotalSeconds;
    await Task.Delay(TimeSpan.FromSeconds(1));
    var seen = await load.StopAsync();
    if (await stack.VersionAsync() != "v1.1.0")
    {
        throw new InvalidOperationException("the update did not arrive");
    }

    return new Measure(seconds, seen.Failed + seen.TimedOut, seen.LongestGap.TotalSeconds);
}

static async Task UpdateByHandAsync(KmpStack stack)
{
    await File.WriteAllTextAsync(stack.EnvFile, (await File.ReadAllTextAsync(stack.EnvFile)).Replace("KMP_IMAGE_TAG=v1.0.0", "KMP_IMAGE_TAG=v1.1.0", StringComparison.Ordinal));
    (await stack.ComposeAsync("pull", "--quiet")).Expect("docker compose pull");
    (await stack.ComposeAsync("up", "--detach", "--wait")).Expect("docker compose up");
}

static async Task UpdateByUpgradeOpsAsync(KmpStack stack)
{
    // Neither a backup nor its proof: compose makes none either.
    var lines = (await File.ReadAllLinesAsync(stack.DefinitionPath)).Where(l => !l.StartsWith("backups:", StringComparison.Ordinal));
    await File.WriteAllLinesAsync(stack.DefinitionPath, lines);
    var session = new EngineSession(new EngineOptions { ConfigFolder = Path.Combine(stack.Folder, "config"), StateFolder = Path.Combine(stack.Folder, "state") });
    var result = await new UpdateApp(session).RunAsync(new UpdateOptions { Name = stack.DefinitionPath, Version = "v1.1.0" }, CancellationToken.None);
    if (result.Status != UpdateStatus.Kept)
    {
        throw new InvalidOperationException($"{result.Status}: {result.Error?.Message}");
    }
}
