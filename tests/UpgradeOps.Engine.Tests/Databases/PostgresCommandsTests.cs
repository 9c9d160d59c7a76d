using UpgradeOps.Engine.Databases.PostgreSql;
using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Engine.Tests.Databases;

public sealed class PostgresCommandsTests
{
    private static readonly PostgresCommands Commands = new(new ServerAddress("127.0.0.1", 5432), "kmp");

    private const string Connection = "host='127.0.0.1' port=5432 user='kmp' dbname='kmp' connect_timeout=15 application_name=upgradeops";

    [Fact]
    public void A_dump_is_an_uncompressed_archive() => Assert.Equal(
        $"pg_dump --format=custom --compress=0 --no-password --lock-wait-timeout=300000 --dbname={Connection}", Commands.Dump("kmp").ToString());

    [Fact]
    public void An_archive_is_restored_at_once_or_not_at_all() => Assert.Equal(
        $"pg_restore --exit-on-error --no-password --dbname={Connection} --single-transaction", Commands.RestoreArchive("kmp").ToString());

    [Fact]
    public void Text_is_loaded_at_once_or_not_at_all() => Assert.Equal(
        $"psql --no-psqlrc --quiet --no-password --set=ON_ERROR_STOP=1 --single-transaction --dbname={Connection} --file=-", Commands.LoadText("kmp").ToString());

    [Fact]
    public void Rows_come_as_copy_text_after_the_sessions_settings() => Assert.Equal(
        ["--command", "SET search_path = ''", "--command", "COPY (SELECT 1) TO STDOUT"], Commands.Rows("kmp", " SELECT 1; ", "SET search_path = ''").Arguments.TakeLast(4));

    [Theory]
    [InlineData("a=b host=evil", "dbname='a=b host=evil'")]
    [InlineData("postgresql://evil/x", "dbname='postgresql://evil/x'")]
    [InlineData("it's\\", "dbname='it\\'s\\\\'")]
    public void A_databases_name_is_never_taken_for_a_connection(string name, string rendered) => Assert.Contains(rendered, Commands.Connection(name));

    [Fact]
    public void Messages_are_asked_for_in_English() =>
        Assert.All([Commands.Dump("a"), Commands.RestoreArchive("a"), Commands.RestoreStaged("a", 1, 1, null), Commands.RestoreFolder("a", 1, 1, null), Commands.DumpFolder("a", 2, 1), Commands.LoadText("a"), Commands.Execute("a", "b")], c => Assert.Equal("C", c.Environment["LC_ALL"]));

    [Theory]
    [InlineData("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", "15.18")]
    [InlineData("pg_dump (PostgreSQL) 18beta1\n", "18.0")]
    [InlineData("pg_dump (PostgreSQL) 9.6.24\n", "9.6")]
    public void A_tools_version_is_read(string output, string version) => Assert.Equal(Version.Parse(version), PostgresDatabase.ParseToolVersion(output));

    [Fact]
    public void A_tool_without_version_is_an_error() =>
        Assert.Equal(ErrorIds.DatabaseToolFailed, Assert.Throws<AppException>(() => PostgresDatabase.ParseToolVersion("busybox")).ErrorId);
}
