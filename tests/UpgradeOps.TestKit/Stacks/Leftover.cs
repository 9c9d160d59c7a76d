using System.Text.Json;

namespace UpgradeOps.TestKit;

/// <summary>
/// What a test process has put into the engine and on disk, noted so that the next one can remove it when this one is killed
/// before it can.
/// </summary>
internal sealed record Leftover(ProcessIdentity Owner, string Folder, string? Project, string? Registry)
{
    private static readonly Lazy<Task> Swept = new(SweepAsync);

    public static async Task<Leftover> NoteAsync(string folder, string? project = null, string? registry = null)
    {
        await Swept.Value;
        var leftover = new Leftover(ProcessIdentity.Of(Environment.ProcessId), folder, project, registry);
        await File.WriteAllTextAsync(leftover.Note, JsonSerializer.Serialize(leftover));
        return leftover;
    }

    public void Forget() => File.Delete(Note);

    private static string Shelf => Directory.CreateDirectory(Cache.PathOf("leftovers")).FullName;

    private string Note => Path.Combine(Shelf, Path.GetFileName(Folder));

    private static async Task SweepAsync()
    {
        foreach (var note in Directory.GetFiles(Shelf))
            if (await ReadAsync(note) is { } leftover && !leftover.Owner.IsAlive)
                await leftover.RemoveAsync();
    }

    private static async Task<Leftover?> ReadAsync(string note)
    {
        try
        {
            return JsonSerializer.Deserialize<Leftover>(await File.ReadAllTextAsync(note));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            // Another process is just writing or removing it.
            return null;
        }
    }

    private async Task RemoveAsync()
    {
        if (Project is not null)
            await ProjectCleaner.RemoveAsync(Project);
        if (Registry is not null)
            await EngineCache.ForgetAsync(Registry);
        TempFolder.Adopt(Folder).Dispose();
        Forget();
    }
}
