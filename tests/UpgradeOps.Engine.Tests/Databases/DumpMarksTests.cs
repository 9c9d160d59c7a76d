using System.Text;
using UpgradeOps.Engine.Databases.Dumps;

namespace UpgradeOps.Engine.Tests.Databases;

public sealed class DumpMarksTests
{
    private const string MariaDb = "INSERT INTO `t` VALUES ('-- Dump completed on 2026-02-19  3:00:00'),\n(2);\n/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;\n\n-- Dump completed on 2026-02-19  3:00:00\n";
    private const string Postgres = "COPY public.t (a) FROM stdin;\n-- PostgreSQL database dump complete\\n\n\\.\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n";

    [Fact]
    public void A_mariadb_dump_that_is_cut_anywhere_is_not_whole()
    {
        var bytes = Encoding.UTF8.GetBytes(MariaDb);
        Assert.True(DumpMarks.EndsAsMariaDbDump(bytes));
        for (var cut = 0; cut < bytes.Length - 1; cut++)
            Assert.False(DumpMarks.EndsAsMariaDbDump(bytes.AsSpan(0, cut)), $"cut after {cut} of {bytes.Length}: {MariaDb[..cut]}");
        // Nothing but the last line's end is missing.
        Assert.True(DumpMarks.EndsAsMariaDbDump(bytes.AsSpan(0, bytes.Length - 1)));
    }

    [Fact]
    public void A_postgres_dump_that_is_cut_before_its_mark_is_not_whole()
    {
        var bytes = Encoding.UTF8.GetBytes(Postgres);
        var mark = Postgres.LastIndexOf("--", StringComparison.Ordinal) + 2;
        for (var cut = 0; cut <= bytes.Length; cut++)
            Assert.Equal(cut >= mark, DumpMarks.EndsAsPostgresSql(bytes.AsSpan(0, cut)));
        Assert.True(DumpMarks.EndsAsPostgresSql(Encoding.UTF8.GetBytes(Postgres + "\\unrestrict abc123\n\n")));
    }

    [Theory]
    [InlineData("PGDMP\u0001\u000e", true)]
    [InlineData("PGDM", false)]
    [InlineData("", false)]
    [InlineData("-- PostgreSQL database dump", false)]
    public void An_archive_is_known_by_its_first_bytes(string head, bool expected) =>
        Assert.Equal(expected, DumpMarks.BeginsAsPostgresArchive(Encoding.Latin1.GetBytes(head)));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(MarkedStream.TailSize - 1)]
    [InlineData(MarkedStream.TailSize)]
    [InlineData(MarkedStream.TailSize + 1)]
    [InlineData(3 * MarkedStream.TailSize + 17)]
    public async Task The_first_and_last_bytes_are_remembered_however_they_come(int length)
    {
        var bytes = new byte[length];
        var random = new Random(length);
        random.NextBytes(bytes);
        foreach (var longest in new[] { 1, 100, MarkedStream.TailSize, 2 * MarkedStream.TailSize + 5 })
        {
            using var inner = new MemoryStream();
            await using var marked = new MarkedStream(inner);
            for (var at = 0; at < length;)
            {
                var size = Math.Min(random.Next(1, longest + 1), length - at);
                await marked.WriteAsync(bytes.AsMemory(at, size), TestContext.Current.CancellationToken);
                at += size;
            }

            Assert.Equal(length, marked.Count);
            Assert.Equal(bytes, inner.ToArray());
            Assert.Equal(bytes.Take(MarkedStream.HeadSize), marked.Head.ToArray());
            Assert.Equal(bytes.TakeLast(MarkedStream.TailSize), marked.Tail());
        }
    }
}
