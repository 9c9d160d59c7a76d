using System.Text;
using UpgradeOps.Engine.Backups.Dumps;

namespace UpgradeOps.Engine.Tests.Backups.Dumps;

/// <summary>Archives made by hand after the layout of pg_dump; the ones of real servers are in the integration tests.</summary>
public sealed class PostgresArchiveReaderTests
{
    [Theory]
    [InlineData(12)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    public void Rows_are_counted_in_every_known_version(int minor)
    {
        foreach (var piece in new[] { 1, 3, 1000 })
        {
            var facts = Read(Archive(minor), piece);
            Assert.Null(facts.Problem);
            Assert.Equal(new Dictionary<string, long> { ["odd schema.members"] = 3, ["public.empty"] = 0 }, facts.Rows);
            Assert.Equal(Read(Archive(15), 1000).Checksums, facts.Checksums);
            Assert.Equal("0000000000000000", facts.Checksums!["public.empty"]);
            Assert.NotEqual("0000000000000000", facts.Checksums["odd schema.members"]);
            Assert.Equal($"PostgreSQL custom archive 1.{minor} of database kmp", facts.Kind);
        }
    }

    [Fact]
    public void An_archive_that_is_cut_anywhere_is_not_whole()
    {
        var archive = Archive(14);
        for (var length = 0; length < archive.Length; length++)
            Assert.NotNull(Read(archive[..length], 100).Problem);
    }

    [Fact]
    public void A_block_that_is_missing_altogether_is_found()
    {
        var archive = Archive(14, withLast: false);
        Assert.Contains("public.empty", Read(archive, 100).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_version_is_left_alone_and_anything_else_is_no_archive()
    {
        var newer = Archive(16);
        newer[6] = 99;
        Assert.Equal((null, null), (Read(newer, 10).Problem, Read(newer, 10).Rows));
        Assert.NotNull(Read("-- PostgreSQL database dump\n and more than enough of it to fill a head of an archive"u8.ToArray(), 10).Problem);
    }

    [Fact]
    public void Noise_never_throws()
    {
        var random = new Random(5);
        var archive = Archive(15);
        for (var round = 0; round < 3000; round++)
        {
            var noise = (byte[])archive.Clone();
            for (var i = 0; i < 1 + (round % 8); i++)
                noise[random.Next(noise.Length)] = (byte)random.Next(256);
            Read(noise, 50);
        }
    }

    private static DumpFacts Read(byte[] archive, int piece)
    {
        var reader = new PostgresArchiveReader();
        for (var at = 0; at < archive.Length; at += piece)
            reader.Feed(archive.AsSpan(at, Math.Min(piece, archive.Length - at)));
        return reader.Finish();
    }

    private static byte[] Archive(int minor, bool withLast = true)
    {
        var bytes = new MemoryStream();
        bytes.Write("PGDMP"u8);
        bytes.Write([1, (byte)minor, 0, 4, 8, 1]);
        if (minor >= 15)
            bytes.WriteByte(0);
        else
            Number(bytes, 0);
        for (var i = 0; i < 7; i++)
            Number(bytes, i);
        Text(bytes, "kmp");
        Text(bytes, "15.6");
        Text(bytes, "15.6");
        Number(bytes, 4);
        Entry(bytes, minor, 1, hasData: false, "members", "TABLE", "odd schema");
        Entry(bytes, minor, 2, hasData: true, "members", "TABLE DATA", "odd schema");
        Entry(bytes, minor, 3, hasData: true, "empty", "TABLE DATA", "public");
        Entry(bytes, minor, 4, hasData: true, "BLOBS", "BLOBS", "");

        Block(bytes, 1, 2, "1\tone\n2\ttwo\\nlines\n", "3\tthree\n\\.\n\n\n");
        bytes.WriteByte(3);
        Number(bytes, 4);
        Number(bytes, 16400);
        Text(bytes, "a large object\nwith lines\n");
        Number(bytes, 0);
        Number(bytes, 0);
        if (withLast)
            Block(bytes, 1, 3, "\\.\n\n\n");
        return bytes.ToArray();
    }

    private static void Block(MemoryStream bytes, byte kind, int id, params string[] chunks)
    {
        bytes.WriteByte(kind);
        Number(bytes, id);
        foreach (var chunk in chunks)
            Text(bytes, chunk);
        Number(bytes, 0);
    }

    private static void Entry(MemoryStream bytes, int minor, int id, bool hasData, string tag, string kind, string schema)
    {
        Number(bytes, id);
        Number(bytes, hasData ? 1 : 0);
        Text(bytes, "1259");
        Text(bytes, "16384");
        Text(bytes, tag);
        Text(bytes, kind);
        Number(bytes, 3);
        Text(bytes, "");
        Text(bytes, "");
        Text(bytes, hasData ? "COPY …" : null);
        Text(bytes, schema);
        Text(bytes, null);
        if (minor >= 14)
            Text(bytes, "heap");
        if (minor >= 16)
            Number(bytes, 'r');
        Text(bytes, "kmp");
        Text(bytes, "false");
        Text(bytes, "12");
        Text(bytes, null);
        bytes.Write([1, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    private static void Number(MemoryStream bytes, int value)
    {
        bytes.WriteByte(value < 0 ? (byte)1 : (byte)0);
        bytes.Write(BitConverter.GetBytes(Math.Abs(value)));
    }

    private static void Text(MemoryStream bytes, string? text)
    {
        if (text is null)
        {
            Number(bytes, -1);
            return;
        }

        var utf8 = Encoding.UTF8.GetBytes(text);
        Number(bytes, utf8.Length);
        bytes.Write(utf8);
    }
}
