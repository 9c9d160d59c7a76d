using System.Text;
using UpgradeOps.Engine.Migrations;
using UpgradeOps.Engine.Migrations.Files;
using UpgradeOps.Engine.Migrations.Trackers;

namespace UpgradeOps.Engine.Tests.Migrations;

/// <summary>Files of a release, as each tool names and sums them.</summary>
public sealed class MigrationFolderTests
{
    [Fact]
    public void Sqlx_files_have_their_title_their_way_back_and_the_tools_own_checksum()
    {
        var files = Read(new SqlxTracker(), ("038_init.sql", "SELECT 1;"), ("039_threads.up.sql", "CREATE TABLE threads ();"), ("039_threads.down.sql", "DROP TABLE threads;"), ("README.md", "no"), ("notes.sql", "no"));

        Assert.Equal([("038", "init", (string?)null), ("039", "threads", "039_threads.down.sql")], files.Select(f => (f.Version, f.Title!, f.Down?.Name)));
        // printf 'SELECT 1;' | sha384sum
        Assert.Equal(Sha384("SELECT 1;"), files[0].Checksum);
        Assert.Equal(96, files[0].Checksum!.Length);
        Assert.Equal("DROP TABLE threads;", Encoding.UTF8.GetString(files[1].Down!.Sql));
    }

    [Fact]
    public void Flyway_files_are_in_the_order_of_their_versions_and_repeatable_ones_last()
    {
        var files = Read(new FlywayTracker(), ("V1_10__later.sql", "b"), ("V1.9__first_one.sql", "a"), ("R__views.sql", "v"), ("U1.9__first_one.sql", "z"), ("V2.sql", "no"));

        Assert.Equal(["1.9", "1.10", "R__views.sql"], files.Select(f => f.Version));
        Assert.Equal("first one", files[0].Title);
        Assert.Equal("U1.9__first_one.sql", files[0].Down!.Name);
        Assert.True(files[2].IsRepeatable);
    }

    [Theory]
    // The check value of CRC-32 that everyone publishes: "123456789" is CBF43926, as a signed number -873187034.
    [InlineData("123456789", "-873187034")]
    [InlineData("1234\n56789", "-873187034")]
    [InlineData("\uFEFF1234\r\n56789\n", "-873187034")]
    [InlineData("", "0")]
    public void Flyway_sums_lines_without_their_ends(string text, string sum) =>
        Assert.Equal(sum, new FlywayTracker().Checksum(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Phinx_EF_and_golang_files_are_known_by_their_names()
    {
        Assert.Equal([("20260219030000", "AddUsers")], Read(new PhinxTracker(), ("20260219030000_add_users.php", ""), ("Seed.php", "")).Select(f => (f.Version, f.Title!)));
        Assert.Equal([("20260219030000", "AddUsers")],
            Read(new EntityFrameworkTracker(), ("20260219030000_AddUsers.cs", ""), ("20260219030000_AddUsers.Designer.cs", ""), ("ModelSnapshot.cs", "")).Select(f => (f.Version, f.Title!)));
        var migrate = Assert.Single(Read(new GolangMigrateTracker(), ("000002_add_users.up.sql", ""), ("000002_add_users.down.sql", "")));
        Assert.Equal(("000002", "add users", "000002_add_users.down.sql"), (migrate.Version, migrate.Title, migrate.Down!.Name));
    }

    [Fact]
    public void Scripts_that_take_back_may_stand_apart()
    {
        var files = MigrationFolder.Read(new SqlxTracker(), Files(("39_threads.sql", "up")), Files(("039_threads.down.sql", "down")));
        Assert.Equal("039_threads.down.sql", Assert.Single(files).Down!.Name);
    }

    private static IReadOnlyList<MigrationFile> Read(Tracker tracker, params (string, string)[] files) => MigrationFolder.Read(tracker, Files(files));

    private static Dictionary<string, byte[]> Files(params (string Name, string Text)[] files) => files.ToDictionary(f => f.Name, f => Encoding.UTF8.GetBytes(f.Text));

    private static string Sha384(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA384.HashData(Encoding.UTF8.GetBytes(text)));
}
