using UpgradeOps.Engine.Migrations.Trackers;

namespace UpgradeOps.Engine.Migrations.Files;

/// <summary>Reads the migrations of a release from the files of its folder, as the tool that runs them names them.</summary>
internal static class MigrationFolder
{
    /// <param name="files">Contents by name; names without folders.</param>
    /// <param name="downs">Scripts that take migrations back, kept apart from them; by name.</param>
    /// <returns>In their order. Files that are no migrations are left out.</returns>
    public static IReadOnlyList<MigrationFile> Read(
        Tracker tracker, IReadOnlyDictionary<string, byte[]> files, IReadOnlyDictionary<string, byte[]>? downs = null)
    {
        var named = Named(tracker, files);
        var back = named.Where(f => f.Name.IsDown).Concat(Named(tracker, downs ?? new Dictionary<string, byte[]>())).ToList();
        return named.Where(f => !f.Name.IsDown)
            .Select(f => new MigrationFile(f.Name.Version, f.Name.Title, f.File, tracker.Checksum(f.Bytes), DownOf(f.Name, back)) { Text = f.Bytes, IsRepeatable = f.Name.IsRepeatable })
            .OrderBy(f => f.IsRepeatable).ThenBy(f => f.Version, VersionOrder.Instance)
            .ToList();
    }

    private static List<(MigrationName Name, string File, byte[] Bytes)> Named(Tracker tracker, IReadOnlyDictionary<string, byte[]> files) =>
        files.Select(f => (Name: tracker.NameOf(f.Key), f.Key, f.Value)).Where(f => f.Name is not null).Select(f => (f.Name!, f.Key, f.Value)).ToList();

    private static MigrationScript? DownOf(MigrationName up, List<(MigrationName Name, string File, byte[] Bytes)> downs) =>
        downs.Where(d => VersionOrder.Instance.Compare(d.Name.Version, up.Version) == 0).Select(d => new MigrationScript(d.File, d.Bytes)).FirstOrDefault();
}
