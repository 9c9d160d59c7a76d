using UpgradeOps.Engine.Backups.Restore;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Tests.Backups;

public sealed class TableComparisonTests
{
    [Fact]
    public void Equal_numbers_without_newer_keys_are_no_change() =>
        Assert.Empty(Compare(new() { ["public.a"] = 3, ["b"] = 0 }, new() { ["a"] = 3 }, new() { ["public.a"] = 0 }, "a"));

    [Fact]
    public void A_key_shows_newer_rows_that_deletions_hide_from_a_count()
    {
        var change = Assert.Single(Compare(new() { ["members"] = 10 }, new() { ["members"] = 10 }, new() { ["members"] = 4 }, "members"));
        Assert.Equal((4, 4, "id"), (change.NewerRows, change.GoneRows, change.Key));
        Assert.Equal("members has at least 4 rows newer than the backup and at least 4 rows of the backup gone", TableComparison.Describe([change]));
    }

    [Fact]
    public void Without_a_key_only_the_difference_is_claimed()
    {
        var more = Assert.Single(Compare(new() { ["log"] = 10 }, new() { ["log"] = 12 }, []));
        Assert.Equal((2, 0, null), (more.NewerRows, more.GoneRows, more.Key));
        Assert.Equal("log has at least 2 rows more than in the backup", TableComparison.Describe([more]));
        var fewer = Assert.Single(Compare(new() { ["log"] = 10 }, new() { ["log"] = 9 }, []));
        Assert.Equal("log has at least 1 row fewer than in the backup", TableComparison.Describe([fewer]));
    }

    [Fact]
    public void Tables_that_came_and_went_are_told_and_the_most_to_lose_comes_first()
    {
        var changes = Compare(new() { ["old"] = 5, ["kept"] = 1 }, new() { ["made"] = 7, ["kept"] = 2 }, []);
        Assert.Equal(["made", "kept", "old"], changes.Select(c => c.Table));
        Assert.Equal(
            "made came since, with 7 rows; kept has at least 1 row more than in the backup; old is gone and would come back with 5 rows",
            TableComparison.Describe(changes));
    }

    [Fact]
    public void Many_tables_are_summed_up_and_none_is_forgotten()
    {
        var changes = Compare([], Enumerable.Range(0, 20).ToDictionary(i => $"t{i:00}", _ => 3L), []);
        Assert.EndsWith("; and 12 more tables with at least 36 newer rows", TableComparison.Describe(changes), StringComparison.Ordinal);
    }

    private static IReadOnlyList<TableChange> Compare(
        Dictionary<string, long> then, Dictionary<string, long> now, Dictionary<string, long> newer, params string[] keyed) =>
        new TableComparison("main", keyed.ToDictionary(t => t, _ => new RowMark("id", 1))).Compare(then, now, newer);
}
