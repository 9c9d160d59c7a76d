using UpgradeOps.Engine.Migrations;
using UpgradeOps.Engine.Migrations.Files;
using UpgradeOps.Engine.Migrations.Trackers;

namespace UpgradeOps.Engine.Tests.Migrations;

/// <summary>What the database tells, held against what a release brings.</summary>
public sealed class MigrationLedgerTests
{
    [Fact]
    public void Rows_and_files_together_tell_every_state()
    {
        var ledger = Ledger(
            new SqlxTracker(),
            [Row("1", "aa"), Row("2", "bb"), Row("3", "cc", failed: true), Row("9", "ff")],
            File("001", "aa"), File("002", "changed"), File("003", "cc"), File("010", "dd"));

        Assert.Equal(
            [("1", MigrationState.Applied), ("2", MigrationState.Changed), ("3", MigrationState.Failed), ("9", MigrationState.Unknown), ("010", MigrationState.Pending)],
            ledger.Entries.Select(m => (m.Version, m.State)));
        Assert.Equal("9", ledger.Newest!.Version);
        Assert.Contains("newer one applied it", ledger.Entries[3].Note);
    }

    [Fact]
    public void Without_files_nothing_is_pending_and_nothing_unknown()
    {
        var ledger = new MigrationLedger("kmp", new TrackedMigrations(new SqlxTracker(), null, [Row("1", "aa")]), null);
        Assert.Equal(MigrationState.Applied, Assert.Single(ledger.Entries).State);
    }

    [Theory]
    [InlineData(false, MigrationState.Applied)]
    [InlineData(true, MigrationState.Dirty)]
    public void A_place_stands_for_all_before_it(bool dirty, MigrationState state)
    {
        var ledger = Ledger(new GolangMigrateTracker(), [Row("2", null, dirty)], File("000001", null), File("000002", null), File("000003", null));
        Assert.Equal([MigrationState.Applied, state, MigrationState.Pending], ledger.Entries.Select(m => m.State));
        Assert.Equal("000002", ledger.Newest!.Version);
    }

    [Fact]
    public void A_place_beyond_the_release_is_unknown_to_it()
    {
        var ledger = Ledger(new GolangMigrateTracker(), [Row("7", null)], File("1", null));
        Assert.Equal([MigrationState.Applied, MigrationState.Unknown], ledger.Entries.Select(m => m.State));
    }

    [Fact]
    public void A_repeatable_one_whose_text_changed_runs_again()
    {
        var files = new[] { new MigrationFile("R__views.sql", "views", "R__views.sql", "2", null) { IsRepeatable = true }, File("1", "x") };
        var ledger = Ledger(new FlywayTracker(), [Row("R__views.sql", "1"), Row("1", "x")], files);
        Assert.Equal([("1", MigrationState.Applied), ("R__views.sql", MigrationState.Pending)], ledger.Entries.Select(m => (m.Version, m.State)));
        Assert.Equal("1", ledger.Newest!.Version);
    }

    [Theory]
    [InlineData("9", "10")]
    [InlineData("1.9", "1.10")]
    [InlineData("1", "1.0.1")]
    [InlineData("20260219030000", "20260219030001")]
    public void Versions_are_compared_by_their_numbers(string older, string newer)
    {
        Assert.True(VersionOrder.Instance.Compare(older, newer) < 0);
        Assert.True(VersionOrder.Instance.Compare(newer, older) > 0);
        Assert.Equal(0, VersionOrder.Instance.Compare(older, "0" + older));
    }

    private static MigrationLedger Ledger(Tracker tracker, IReadOnlyList<AppliedMigration> rows, params MigrationFile[] files) =>
        new("kmp", new TrackedMigrations(tracker, null, rows), [.. files]);

    private static AppliedMigration Row(string version, string? checksum, bool failed = false) => new(version, null, failed, null, checksum);

    private static MigrationFile File(string version, string? checksum) => new(version, null, $"{version}_x.sql", checksum, null);
}
