using System.Text;
using UpgradeOps.Engine.Hosts.Ssh;

namespace UpgradeOps.Engine.Tests.Hosts.Ssh;

/// <summary>The mark is found wherever the pieces of a stream end.</summary>
public sealed class MarkReaderTests
{
    private static readonly byte[] Mark = "AABAAC"u8.ToArray();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(1000)]
    public async Task Bytes_before_the_mark_are_given_and_no_other(int piece)
    {
        var text = "AABAABAAC"[..3] + "xAABAABA" + "AABAAC 3\n" + "next" + "AABAAC ended\n";
        var reader = new MarkReader(new Pieces(Encoding.ASCII.GetBytes(text), piece));
        using var first = new MemoryStream();
        using var second = new MemoryStream();

        await reader.CopyToAsync(first, Mark, default);
        var code = await reader.ReadLineAsync(Mark, default);
        await reader.CopyToAsync(second, Mark, default);

        Assert.Equal(("AABxAABAABA", "3"), (Encoding.ASCII.GetString(first.ToArray()), code));
        Assert.Equal(("next", "ended"), (Encoding.ASCII.GetString(second.ToArray()), await reader.ReadLineAsync(Mark, default)));
    }

    [Theory]
    [InlineData("some bytes", 10)]
    [InlineData("some bytesAABAA", 15)]
    [InlineData("AABAAC 3", 0)]
    public async Task An_end_without_the_whole_mark_is_no_end(string text, int length)
    {
        var reader = new MarkReader(new Pieces(Encoding.ASCII.GetBytes(text), 3));
        using var target = new MemoryStream();

        await reader.CopyToAsync(target, Mark, default);

        Assert.Null(await reader.ReadLineAsync(Mark, default));
        Assert.True(target.Length <= length);
    }

    private sealed class Pieces(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer.Length > size ? buffer[..size] : buffer, cancellationToken);
    }
}
