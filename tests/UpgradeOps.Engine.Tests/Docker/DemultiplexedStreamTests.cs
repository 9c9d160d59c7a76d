using System.Buffers.Binary;
using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Engine.Tests.Docker;

public sealed class DemultiplexedStreamTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    public static byte[] Frame(byte channel, ReadOnlySpan<byte> bytes)
    {
        var frame = new byte[8 + bytes.Length];
        frame[0] = channel;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), (uint)bytes.Length);
        bytes.CopyTo(frame.AsSpan(8));
        return frame;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(4096)]
    [InlineData(int.MaxValue)]
    public async Task Every_byte_arrives_in_order_however_the_stream_is_cut(int readSize)
    {
        var random = new Random(4711);
        using var wire = new MemoryStream();
        using var expected = new MemoryStream();
        var errors = new List<byte>();
        for (var i = 0; i < 300; i++)
        {
            var bytes = new byte[random.Next(i % 7 == 0 ? 1 : 3000)];
            random.NextBytes(bytes);
            var toError = random.Next(10) == 0;
            wire.Write(Frame((byte)(toError ? 2 : 1), bytes));
            if (toError)
                errors.AddRange(bytes.Select(b => (byte)(b % 64 + 32)));
            else
                expected.Write(bytes);
        }

        using var output = new MemoryStream();
        var tail = new TailBuffer(1 << 20);
        await DemultiplexedStream.CopyAsync(new SlowStream(wire.ToArray(), readSize), output, tail, Token);

        Assert.Equal(expected.ToArray(), output.ToArray());
        Assert.Equal(errors.Count > 0, tail.ToString().Length > 0);
    }

    [Fact]
    public async Task A_stream_that_ends_at_any_other_place_than_a_frame_border_is_an_error()
    {
        var whole = Frame(1, "hello"u8).Concat(Frame(2, "no"u8)).Concat(Frame(1, " world"u8)).ToArray();
        var borders = new[] { 0, 13, 23, whole.Length };
        for (var length = 0; length <= whole.Length; length++)
        {
            var copy = DemultiplexedStream.CopyAsync(new MemoryStream(whole[..length]), new MemoryStream(), new TailBuffer(99), Token);
            if (borders.Contains(length))
                await copy;
            else
                await Assert.ThrowsAsync<EngineStreamCutException>(() => copy);
        }
    }

    [Fact]
    public async Task Bytes_that_are_no_frames_are_refused() =>
        await Assert.ThrowsAsync<EngineStreamCutException>(() => DemultiplexedStream.CopyAsync(
            new MemoryStream("HTTP/1.1 500 oops"u8.ToArray()), Stream.Null, new TailBuffer(9), Token));

    [Fact]
    public void A_tail_keeps_the_last_bytes()
    {
        var tail = new TailBuffer(10);
        for (var i = 0; i < 1000; i++)
            tail.Append([(byte)('0' + i % 10)]);
        Assert.Equal("0123456789", tail.ToString());
    }

    /// <summary>Gives at most so many bytes a read, as a socket may.</summary>
    public sealed class SlowStream(byte[] bytes, int atMost) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, atMost)], cancellationToken);
    }
}
