using UpgradeOps.Engine.Migrations.Files;
using UpgradeOps.Engine.Migrations.Trackers;

namespace UpgradeOps.Engine.Migrations;

/// <summary>What the database tells of its migrations, held against what a release brings.</summary>
/// <param name="Files">Null when the release's migrations cannot be seen: then none is pending, and none is unknown.</param>
internal sealed record MigrationLedger(string AppName, TrackedMigrations Tracked, IReadOnlyList<MigrationFile>? Files)
{
    /// <summary>All, in the order in which they apply; repeatable ones last.</summary>
    public IReadOnlyList<Migration> Entries => Tracked.Tracker is { KeepsPlace: true } ? UpToPlace() : RowByRow();

    /// <summary>The newest that the database has, finished or not.</summary>
    public Migration? Newest => Entries.LastOrDefault(m => m.State != MigrationState.Pending && !IsRepeatable(m));

    public MigrationFile? FileOf(string version) => Files?.FirstOrDefault(f => Same(f.Version, version));

    public AppliedMigration? RowOf(string version) => Tracked.Rows.FirstOrDefault(r => Same(r.Version, version));

    private static bool Same(string x, string y) => VersionOrder.Instance.Compare(x, y) == 0;

    private bool IsRepeatable(Migration migration) => FileOf(migration.Version)?.IsRepeatable == true;

    private List<Migration> RowByRow()
    {
        var rows = Tracked.Rows.Select(r => Row(r, FileOf(r.Version)));
        var pending = (Files ?? []).Where(f => RowOf(f.Version) is null).Select(f => Entry(f, MigrationState.Pending));
        return [.. rows.Concat(pending).OrderBy(IsRepeatable).ThenBy(m => m.Version, VersionOrder.Instance)];
    }

    private Migration Row(AppliedMigration row, MigrationFile? file)
    {
        var changed = file is { Checksum: { } now } && row.Checksum is { } then && now != then;
        var state = row.Failed ? MigrationState.Failed
            : Files is null ? MigrationState.Applied
            : file is null ? MigrationState.Unknown
            : !changed ? MigrationState.Applied
            : file.IsRepeatable ? MigrationState.Pending
            : MigrationState.Changed;
        return new Migration
        {
            Name = AppName,
            Version = row.Version,
            Title = row.Title ?? file?.Title,
            State = state,
            AppliedAt = row.At,
            File = file?.Name,
            DownFile = file?.Down?.Name,
            Note = NoteOf(state),
        };
    }

    /// <summary>One row tells how far the schema has come: what is before it was applied, and it may be half way through its own.</summary>
    private List<Migration> UpToPlace()
    {
        var place = Tracked.Rows.Count > 0 ? Tracked.Rows[^1] : null;
        var entries = (Files ?? [])
            .Select(f => Entry(f, place is null || VersionOrder.Instance.Compare(f.Version, place.Version) > 0 ? MigrationState.Pending
                : place.Failed && Same(f.Version, place.Version) ? MigrationState.Dirty
                : MigrationState.Applied))
            .ToList();
        if (place is not null && entries.All(e => !Same(e.Version, place.Version)))
        {
            var state = place.Failed ? MigrationState.Dirty : Files is null ? MigrationState.Applied : MigrationState.Unknown;
            entries.Add(new Migration { Name = AppName, Version = place.Version, Title = place.Title, State = state, AppliedAt = place.At, Note = NoteOf(state) });
        }

        return [.. entries.OrderBy(e => e.Version, VersionOrder.Instance)];
    }

    private Migration Entry(MigrationFile file, MigrationState state) => new()
    {
        Name = AppName,
        Version = file.Version,
        Title = file.Title,
        State = state,
        File = file.Name,
        DownFile = file.Down?.Name,
        Note = NoteOf(state),
    };

    private string? NoteOf(MigrationState state) => state switch
    {
        MigrationState.Failed => $"{Tool} wrote down that it did not come to its end: the schema may be half way.",
        MigrationState.Dirty => $"{Tool} stopped in the middle of it and refuses to go on until a person has looked.",
        MigrationState.Changed => "Its text is another one than the one that was applied.",
        MigrationState.Unknown => "This release does not bring it: a newer one applied it, and this one may not fit the schema.",
        _ => null,
    };

    private string Tool => Tracked.Tracker?.Tool ?? "the tool";
}
