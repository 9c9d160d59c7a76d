using System.Text.RegularExpressions;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Platforms.Compose;
using UpgradeOps.KillHost.Matrix;

namespace UpgradeOps.Integration.Kills;

/// <summary>What must be true of a Compose installation when everything is over, whoever was killed.</summary>
internal sealed partial class ComposeKillChecks(ComposeKillWorld world, ComposeKillParts parts)
{
    /// <summary>What a user once uploaded.</summary>
    public const string Upload = "precious";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private KmpStack Stack => world.Stack;

    /// <returns>The version that runs.</returns>
    public async Task<string> EndAsync()
    {
        var status = await new GetStatus(world.NewSession()).RunAsync(world.AppName, CancellationToken.None);
        Require(status.PendingOperation is null, $"operation {status.PendingOperation} is open");
        Require(await new GetLock(world.NewSession()).RunAsync(world.AppName, CancellationToken.None) is null, "the lease is left");
        var version = await RunningAsync();
        Require(status.RunningVersion == version, $"{version} runs, {status.RunningVersion} is told");
        CheckFiles(version);
        await CheckEngineAsync(version);
        await CheckDataAsync(version);
        await WaitForRowAsync();
        return version;
    }

    /// <summary>The application says of one more row that it is written.</summary>
    public async Task WaitForRowAsync()
    {
        var before = world.Told.Count;
        await Until.TrueAsync(() => Task.FromResult(world.Told.Count > before), Patience, "the application takes a row");
    }

    /// <summary>One container of the application, whole, and one of its database.</summary>
    private async Task<string> RunningAsync()
    {
        var containers = await parts.ContainersAsync();
        var told = string.Join(", ", containers.Select(c => $"{c.DisplayName} {c.State.Status} {c.Config.Image}"));
        Require(containers.Count == 2 && containers.Select(c => c.ServiceName()).Order().SequenceEqual(["app", "db"]), $"the project's containers are {told}");
        Require(containers.All(c => c.State.Running && !c.State.Paused), $"not everything runs: {told}");
        Require(containers.All(c => PlainName().IsMatch(c.DisplayName[Stack.Project.Length..])), $"a passing name is left: {told}");
        var app = containers.Single(c => c.ServiceName() == "app");
        Require(app.HostConfig.RestartPolicy?.Name == Stack.Options.RestartPolicy, $"its restart policy is {app.HostConfig.RestartPolicy?.Name}");
        foreach (var release in ComposeKillWorld.Releases)
        {
            if (app.Image == await ComposeKillParts.ImageAsync(release.Version))
            {
                await Until.TrueAsync(async () => await Stack.VersionAsync() == (release.Reports ?? release.Version), Patience, $"{release.Version} answers");
                return release.Version;
            }
        }

        throw new KillMatrixException($"what runs is no version's image: {told}");
    }

    private void CheckFiles(string version)
    {
        Require(File.ReadAllBytes(Stack.EnvFile).SequenceEqual(parts.Env(version)), $"{version} runs, but .env is: {File.ReadAllText(Stack.EnvFile)}");
        Require(File.ReadAllBytes(Stack.ComposeFile).SequenceEqual(parts.ComposeFile), "the compose file is another");
        var known = new[] { Stack.EnvFile, Stack.ComposeFile, Stack.DefinitionPath };
        var others = Directory.GetFileSystemEntries(Stack.Folder).Except(known).Concat(Directory.GetFileSystemEntries(world.Temporary)).ToList();
        Require(others.Count == 0, $"left over: {string.Join(", ", others)}");
        var half = Directory.EnumerateFiles(world.StateFolder, "*", SearchOption.AllDirectories)
            .Where(p => p.EndsWith(".tmp", StringComparison.Ordinal) || Path.GetFileName(p).StartsWith("owner-", StringComparison.Ordinal)).ToList();
        Require(half.Count == 0, $"left over: {string.Join(", ", half)}");
        var backups = Path.Combine(world.AppState, "backups");
        half = Directory.Exists(backups) ? [.. Directory.GetDirectories(backups).Where(b => !File.Exists(Path.Combine(b, "manifest.json")))] : [];
        Require(half.Count == 0, $"half a backup: {string.Join(", ", half)}");
    }

    // A kept update holds the image that it can be taken back to, and nothing else holds anything.
    private async Task CheckEngineAsync(string version)
    {
        var history = await new GetHistory(world.NewSession()).RunAsync(world.AppName, CancellationToken.None);
        var ours = await parts.OursAsync();
        var held = ours.Select(c => c.Labels.GetValueOrDefault(ContainerLabels.Hold, $"no image, but is {c.Names.FirstOrDefault()}")).ToList();
        var kept = history.FirstOrDefault(h => h.Status == UpdateStatus.Kept);
        var wanted = kept is null ? [] : new[] { await ComposeKillParts.ImageAsync(kept.From!) };
        Require(held.SequenceEqual(wanted), $"held: {string.Join(", ", held)}; to be held: {string.Join(", ", wanted)}");

        var images = await parts.ImagesAsync();
        foreach (var (tag, id) in images.SelectMany(i => (i.RepoTags ?? []).Select(t => (t, i.Id))).Where(t => !t.t.Contains("<none>", StringComparison.Ordinal)))
        {
            var name = tag[(tag.LastIndexOf(':') + 1)..];
            Require(ComposeKillWorld.Releases.Any(r => r.Version == name) && id == await ComposeKillParts.ImageAsync(name), $"the tag {tag} stands for {id}");
        }

        Require(images.Any(i => i.RepoTags?.Contains($"{Stack.Images.Repository}:{version}") == true), $"no tag of {version} is here");
        var told = history.SelectMany(h => h.KeptAside).Where(k => k.Kind == "volume").Select(k => k.Name);
        Require((await parts.OtherVolumesAsync()).SequenceEqual(told.Order()), $"other volumes are {string.Join(", ", await parts.OtherVolumesAsync())}; told: {string.Join(", ", told)}");
    }

    // Every row of which a user was told that it is written is in the live data, or in a copy whose name is told.
    private async Task CheckDataAsync(string version)
    {
        await world.Database.WaitForToolsAsync();
        var release = ComposeKillWorld.Releases.Single(r => r.Version == version);
        var schema = await world.Database.SchemaAsync();
        Require(schema == release.Migrations[^1].Version, $"{version} runs over the schema {schema}");
        var history = await new GetHistory(world.NewSession()).RunAsync(world.AppName, CancellationToken.None);
        var told = history.SelectMany(h => h.KeptAside).Where(k => k.Kind == "database").Select(k => k.Name).Order().ToList();
        var others = await world.Database.OthersAsync();
        Require(others.SequenceEqual(told), $"other databases are {string.Join(", ", others)}; told: {string.Join(", ", told)}");

        var noted = world.Told;
        var live = await world.Database.RowsAsync(KillDatabase.Live);
        Require(live.Distinct().Count() == live.Count, "a row is there twice");
        var kept = new List<string>();
        foreach (var name in told)
            kept.AddRange(await world.Database.RowsAsync(name));
        var lost = noted.Except(live).Except(kept).ToList();
        Require(lost.Count == 0, $"{lost.Count} of {noted.Count} rows are lost: {string.Join(", ", lost)}");
        var upload = await Command.RunAsync("docker", "exec", await AppAsync(), "cat", "/data/upload");
        Require(upload.Output.Trim() == Upload, $"the volume has '{upload.Output}{upload.Error}'");
    }

    private async Task<string> AppAsync() => (await parts.ContainersAsync()).Single(c => c.ServiceName() == "app").Id;

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new KillMatrixException(message);
    }

    [GeneratedRegex("^[-_](app|db)[-_][0-9]+$")]
    private static partial Regex PlainName();
}
