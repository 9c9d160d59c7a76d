using UpgradeOps.Engine.Databases.MariaDb;
using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Engine.Tests.Databases;

public sealed class MariaDbCommandsTests
{
    private static readonly MariaDbCommands Commands = new(new ServerAddress("127.0.0.1", 3306), "root");

    private const string Connection = "--no-defaults --protocol=tcp --host=127.0.0.1 --port=3306 --user=root";

    [Fact]
    public void A_dump_is_of_one_moment_and_whole() => Assert.Equal(
        $"mariadb-dump {Connection} --single-transaction --quick --routines --triggers --events --hex-blob --no-tablespaces --comments --dump-date --max-allowed-packet=1G --default-character-set=utf8mb4 -- -odd name",
        Commands.Dump("-odd name").ToString());

    [Fact]
    public void MySqls_own_dump_tool_gets_its_own_options()
    {
        var command = (Commands with { DumpTool = "mysqldump", OfMySql = true }).Dump("kmp");
        Assert.Equal("mysqldump", command.Tool);
        Assert.Contains("--set-gtid-purged=OFF", command.Arguments);
        Assert.Contains("--column-statistics=0", command.Arguments);
    }

    [Fact]
    public void The_client_knows_no_commands_of_its_own()
    {
        const string run = "--connect-timeout=15 --batch --binary-mode --max-allowed-packet=1G --default-character-set=utf8mb4";
        Assert.Equal($"mariadb {Connection} {run}", Commands.Script(null).ToString());
        Assert.Equal($"mariadb {Connection} {run} --xml --database=-x", Commands.Query("-x").ToString());
        Assert.StartsWith($"mariadb {Connection} {run} --init-command=SET SESSION sql_mode", Commands.Load("kmp").ToString());
    }

    [Fact]
    public void A_scripts_delimiter_is_in_none_of_its_statements() =>
        Assert.Equal("DELIMITER ~~~~~\nSELECT '~~~~;'\n~~~~~\nSELECT 2\n~~~~~\n", MariaDbScript.Render(["SELECT '~~~~;'", "SELECT 2"]));

    [Theory]
    [InlineData("10.11.19-MariaDB-0+deb12u1", "10.11.19")]
    [InlineData("5.5.5-10.4.8-MariaDB-log", "10.4.8")]
    [InlineData("mariadb-dump  Ver 10.19 Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)", "10.11.19")]
    [InlineData("mariadb-dump from 11.8.2-MariaDB, client 10.19 for debian-linux-gnu (x86_64)", "11.8.2")]
    [InlineData("mysqldump  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)", "8.0.36")]
    [InlineData("8.4.2", "8.4.2")]
    public void Versions_are_read(string text, string version) => Assert.Equal(Version.Parse(version), MariaDbDatabase.ParseVersion(text));
}
