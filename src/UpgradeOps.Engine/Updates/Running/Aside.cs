using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Restore;
using UpgradeOps.Engine.Updates.Journal;

namespace UpgradeOps.Engine.Updates.Running;

/// <summary>Where an operation put data aside, with the commands that look at it and remove it; made from its journal alone.</summary>
internal static class Aside
{
    private static readonly string[] Roles = ["aside", "undone"];

    public static IReadOnlyList<KeptData> Of(OperationRecord record) => [.. record.KeptAside.Select(k => Describe(k, record))];

    private static KeptData Describe(string kept, OperationRecord record)
    {
        var blank = kept.IndexOf(' ', StringComparison.Ordinal);
        var (kind, name) = blank < 0 ? ("database", kept) : (kept[..blank], kept[(blank + 1)..]);
        var definition = record.Start.Definition;
        var (look, remove) = kind switch
        {
            "database" => definition.Databases.Values.FirstOrDefault(d => Roles.Any(r => AsideNames.Database(d.Database, r, record.OperationId) == name) || name.StartsWith(d.Database + "_", StringComparison.Ordinal)) is { } database
                ? AsideCommands.ForDatabase(database, definition.Platform.Compose?.Directory, name)
                : (null, null),
            "volume" => AsideCommands.ForVolume(name),
            "folder" => AsideCommands.ForFolder(name),
            "file" => AsideCommands.ForFile(name),
            _ => (null, null),
        };
        return new KeptData { Kind = kind, Name = name, LookCommand = look, RemoveCommand = remove };
    }
}
