using System.Globalization;
using System.Text;
using UpgradeOps.Engine.Backups.Dumps;

namespace UpgradeOps.Engine.Tests.Backups.Dumps;

public sealed class RowSumTests
{
    [Theory]
    [InlineData("", "ef46db3751d8e999")]
    [InlineData("a", "d24ec4f1a98c6e5b")]
    [InlineData("abc", "44bc2cf5ad770999")]
    [InlineData("Nobody inspects the spammish repetition", "fbcea83c8a378bf1")]
    public void A_hash_is_that_of_the_specification(string text, string expected) =>
        Assert.Equal(expected, XxHash64.Of(Encoding.ASCII.GetBytes(text)).ToString("x16", CultureInfo.InvariantCulture));

    [Fact]
    public void A_row_in_pieces_counts_like_a_whole_one()
    {
        var random = new Random(7);
        for (var length = 0; length < 200; length++)
        {
            var row = new byte[length];
            random.NextBytes(row);
            var (whole, pieces) = (new RowSum(), new RowSum());
            whole.Add(row);
            var at = 0;
            while (at < length)
            {
                var piece = Math.Min(length - at, random.Next(1, 70));
                pieces.Append(row.AsSpan(at, piece));
                at += piece;
            }

            pieces.Add([]);
            Assert.Equal((whole.Checksum, 1), (pieces.Checksum, pieces.Rows));
        }
    }

    [Theory]
    [InlineData("(1,'a'),(2,'b');", "(2,'b'),\n(1,'a');", true)]
    [InlineData("(1,'a'),(2,'b');", "(1,'a');\nINSERT INTO `t` VALUES (2,'b');", true)]
    [InlineData("(1,'a'),(2,'b');", "(1,'b'),(2,'a');", false)]
    [InlineData("(1,'a(;'),(2,'b');", "(1,'a(,'),(2,'b');", false)]
    [InlineData("(1,0xff),(2,NULL);", "(1,0xfe),(2,NULL);", false)]
    [InlineData("(1,NULL);", "(1,'NULL');", false)]
    public void Order_and_statements_make_no_difference_and_values_do(string one, string other, bool same)
    {
        foreach (var piece in new[] { 1, 3, 8, 1000 })
            Assert.Equal(same, Checksum(one, piece) == Checksum(other, 1000));
    }

    private static string Checksum(string values, int piece)
    {
        var reader = new SqlDumpReader();
        var bytes = Encoding.UTF8.GetBytes("INSERT INTO `t` VALUES " + values);
        for (var at = 0; at < bytes.Length; at += piece)
            reader.Feed(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
        return Assert.Single(reader.Finish().Checksums!).Value;
    }
}
