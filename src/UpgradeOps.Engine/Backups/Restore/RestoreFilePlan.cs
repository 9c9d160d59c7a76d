namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>The steps that load a dump of another tool into a declared database.</summary>
internal static class RestoreFilePlan
{
    /// <param name="databaseId">Null when the definition declares only one that fits.</param>
    public static async Task<IReadOnlyList<PlannedStep>> MakeAsync(string path, string? databaseId, RestoreParts parts, CancellationToken cancellationToken)
    {
        var dump = await ForeignDump.LookAsync(path, cancellationToken).ConfigureAwait(false);
        var database = parts.Database(databaseId ?? Choose(dump, parts));
        if (dump.Engine is { } engine && engine != database.Engine)
            throw new AppException(ErrorIds.RestoreFailed, $"{path} is a dump of {engine}, and database '{database.Id}' is {database.Engine}.", path, "Name another database, or another dump.");
        var inputs = dump.ToInputs(database.Id);
        return [DatabasePlan.Load(database, path, inputs), DatabasePlan.Swap(database, inputs)];
    }

    private static string Choose(ForeignDump dump, RestoreParts parts)
    {
        var fitting = parts.Databases.Values.Where(d => dump.Engine is null || d.Engine == dump.Engine).Select(d => d.Id).ToList();
        return fitting.Count == 1 ? fitting[0] : throw new AppException(
            ErrorIds.RestoreFailed,
            fitting.Count == 0
                ? $"{dump.Path} is a dump of {dump.Engine ?? "a database"}, and the definition declares no such database."
                : $"{dump.Path} could be loaded into each of {string.Join(", ", fitting)}.",
            dump.Path,
            fitting.Count == 0 ? "Declare the database under databases: in the definition." : "Name the database.");
    }
}
