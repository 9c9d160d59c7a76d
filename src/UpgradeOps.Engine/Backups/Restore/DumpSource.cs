using UpgradeOps.Engine.Backups.Sources;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>From a source's name in a manifest to the database of today's definition.</summary>
internal static class DumpSource
{
    /// <param name="source"><c>database:main</c></param>
    public static IDatabase DatabaseOf(IReadOnlyDictionary<string, IDatabase> databases, string source)
    {
        var id = source.StartsWith(DatabaseSource.Prefix, StringComparison.Ordinal) ? source[DatabaseSource.Prefix.Length..] : source;
        return databases.TryGetValue(id, out var database)
            ? database
            : throw new AppException(ErrorIds.RestoreFailed, $"The backup has a dump of database '{id}', which the definition no longer declares.", id, "Declare it under databases: again, or restore the other sources only.");
    }
}
