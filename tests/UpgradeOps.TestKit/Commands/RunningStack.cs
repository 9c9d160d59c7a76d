using System.Text.Json;

namespace UpgradeOps.TestKit.Commands;

/// <summary>What is known of an installation that outlives the command which started it.</summary>
public sealed record RunningStack(
    string Id, string Definition, string Folder, Uri Url, string Project, string Registry, string Image, DatabaseKind Database,
    ProcessIdentity RegistryProcess, string RegistryFolder)
{
    private static string Shelf => Directory.CreateDirectory(Cache.PathOf("stacks")).FullName;

    public static RunningStack Load(string id) =>
        JsonSerializer.Deserialize<RunningStack>(File.ReadAllText(PathOf(id)), Json.Options)!;

    public static IEnumerable<RunningStack> All() =>
        Directory.GetFiles(Shelf, "*.json").Select(f => Load(Path.GetFileNameWithoutExtension(f)));

    public void Save() => File.WriteAllText(PathOf(Id), JsonSerializer.Serialize(this, Json.Options));

    /// <summary>Ends and removes all of it, also when only half of it is left.</summary>
    public async Task EndAsync()
    {
        await ProjectCleaner.RemoveAsync(Project);
        RegistryProcess.End();
        await EngineCache.ForgetAsync(Registry);
        TempFolder.Adopt(RegistryFolder).Dispose();
        TempFolder.Adopt(Folder).Dispose();
        File.Delete(PathOf(Id));
    }

    private static string PathOf(string id) => Path.Combine(Shelf, $"{Path.GetFileName(id)}.json");
}
