using UpgradeOps.Engine.Databases.MariaDb;
using UpgradeOps.Engine.Databases.PostgreSql;
using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Engine.Tests.Databases;

public sealed class FailureTests
{
    [Theory]
    [InlineData("psql: error: connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  password authentication failed for user \"kmp\"", ErrorIds.DatabaseUnauthorized)]
    [InlineData("psql: error: connection to server at \"127.0.0.1\", port 5432 failed: fe_sendauth: no password supplied", ErrorIds.DatabaseUnauthorized)]
    [InlineData("psql: error: connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  role \"kmp\" does not exist", ErrorIds.DatabaseUnauthorized)]
    [InlineData("psql: error: connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  database \"kmp\" does not exist", ErrorIds.DatabaseMissing)]
    [InlineData("psql: error: connection to server at \"127.0.0.1\", port 5432 failed: Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?", ErrorIds.DatabaseUnreachable)]
    [InlineData("psql: error: connection to server at \"db\" failed: FATAL:  the database system is starting up", ErrorIds.DatabaseUnreachable)]
    [InlineData("pg_dump: error: query failed: server closed the connection unexpectedly", ErrorIds.DatabaseUnreachable)]
    [InlineData("pg_dump: error: aborting because of server version mismatch", ErrorIds.DatabaseToolTooOld)]
    [InlineData("psql:<stdin>:7: ERROR:  relation \"x\" does not exist", ErrorIds.DatabaseToolFailed)]
    [InlineData("pg_restore: error: could not execute query: ERROR:  role \"owner\" does not exist", ErrorIds.DatabaseToolFailed)]
    public void PostgreSqls_messages_are_recognised(string error, string id) =>
        Assert.Equal(id, PostgresFailure.Recognise(new ToolFailure("psql", "service db", 2, error)).ErrorId);

    [Theory]
    [InlineData("ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)", ErrorIds.DatabaseUnauthorized)]
    [InlineData("ERROR 1044 (42000): Zugriff verweigert", ErrorIds.DatabaseUnauthorized)]
    [InlineData("mariadb-dump: Got error: 1045: \"Access denied\" when trying to connect", ErrorIds.DatabaseUnauthorized)]
    [InlineData("ERROR 1049 (42000): Unknown database 'x'", ErrorIds.DatabaseMissing)]
    [InlineData("ERROR 2002 (HY000): Can't connect to server on '127.0.0.1' (115)", ErrorIds.DatabaseUnreachable)]
    [InlineData("mariadb-dump: Error 2013: Lost connection to server during query when dumping table `t` at row: 7", ErrorIds.DatabaseUnreachable)]
    [InlineData("ERROR 1064 (42000) at line 7: You have an error in your SQL syntax", ErrorIds.DatabaseToolFailed)]
    [InlineData("", ErrorIds.DatabaseToolFailed)]
    public void MariaDbs_numbers_are_recognised(string error, string id) =>
        Assert.Equal(id, MariaDbFailure.Recognise(new ToolFailure("mariadb", "service db", 1, error)).ErrorId);

    [Fact]
    public void A_failure_tells_its_last_lines_and_where()
    {
        var failure = new ToolFailure("psql", "service db", 3, "one\ntwo\nthree\nfour\nfive").Unknown();
        Assert.Equal("psql ended with exit code 3 in service db: two three four five", failure.Message);
    }
}
