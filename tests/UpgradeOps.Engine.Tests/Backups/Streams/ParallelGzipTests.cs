using System.IO.Compression;
using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Tests.Backups.Streams;

public sealed class ParallelGzipTests
{
    private const int Block = GzipBlock.Capacity;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Block - 1)]
    [InlineData(Block)]
    [InlineData(Block + 1)]
    [InlineData((7 * Block) + 12345)]
    public async Task What_goes_in_comes_out_in_order(int length)
    {
        var data = TestData.Bytes(length);
        var packed = await PackAsync(data, chunk: 70_001);

        Assert.Equal(data, await ReadAsync(new GZipStream(new MemoryStream(packed), CompressionMode.Decompress)));
        Assert.Equal(data, await ReadAsync(new StrictGunzipStream(new MemoryStream(packed))));
        Assert.Equal(data, await ReadAsync(await ParallelGunzipStream.OpenAsync(new MemoryStream(packed), default)));
    }

    [Fact]
    public async Task Noise_that_cannot_be_compressed_stays_readable_in_parallel()
    {
        var data = new byte[3 * Block];
        new Random(5).NextBytes(data);
        var packed = await PackAsync(data, Block);
        var opened = await ParallelGunzipStream.OpenAsync(new MemoryStream(packed), default);
        Assert.IsType<ParallelGunzipStream>(opened);
        Assert.Equal(data, await ReadAsync(opened));
    }

    [Fact]
    public async Task Gzip_of_other_tools_is_read_too()
    {
        var data = TestData.Bytes(300_000);
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(data);
        packed.Position = 0;
        var opened = await ParallelGunzipStream.OpenAsync(packed, default);
        Assert.IsType<StrictGunzipStream>(opened);
        Assert.Equal(data, await ReadAsync(opened));
    }

    [Fact]
    public async Task Every_flipped_bit_and_every_cut_is_found_by_both_readers()
    {
        var data = TestData.Bytes((2 * Block) + 500);
        var packed = await PackAsync(data, Block);
        var random = new Random(11);
        for (var i = 0; i < 60; i++)
        {
            var damaged = i % 3 == 0 ? packed[..random.Next(1, packed.Length)] : TestData.WithFlippedBit(packed, random);
            await AssertFoundAsync(data, () => Task.FromResult<Stream>(new StrictGunzipStream(new MemoryStream(damaged))), i);
            await AssertFoundAsync(data, () => ParallelGunzipStream.OpenAsync(new MemoryStream(damaged), default), i);
        }
    }

    [Fact]
    public async Task A_cut_between_two_members_is_left_to_the_checksum_of_the_file()
    {
        // Members are independent: what is cut exactly there is a shorter, whole file. Size and SHA-256 tell.
        var packed = await PackAsync(TestData.Bytes(2 * Block), Block);
        var first = GzipBlock.SizeOf(packed)!.Value;
        var shorter = await ReadAsync(new StrictGunzipStream(new MemoryStream(packed, 0, first)));
        Assert.Equal(Block, shorter.Length);
    }

    [Fact]
    public async Task An_output_that_fails_stops_the_writer_with_its_own_error()
    {
        await using var gzip = new ParallelGzipStream(new FailingStream(after: 2 * Block));
        var noise = new byte[Block];
        new Random(1).NextBytes(noise);
        var error = await Assert.ThrowsAsync<IOException>(async () =>
        {
            for (var i = 0; i < 1000; i++)
                await gzip.WriteAsync(noise);
        });
        Assert.Equal("full", error.Message);
    }

    [Fact]
    public async Task Disposing_without_finish_neither_hangs_nor_completes()
    {
        var output = new MemoryStream();
        var gzip = new ParallelGzipStream(output);
        await gzip.WriteAsync(new byte[100]);
        await gzip.DisposeAsync();
        Assert.Equal(0, output.Length);
    }

    [Fact]
    public async Task Hash_and_count_are_of_the_bytes_that_were_written()
    {
        var data = TestData.Bytes(5000);
        var output = new MemoryStream();
        using var hashing = new HashingStream(output);
        await hashing.WriteAsync(data.AsMemory(0, 1234));
        await hashing.WriteAsync(data.AsMemory(1234));
        Assert.Equal(data, output.ToArray());
        Assert.Equal(5000, hashing.Count);
        Assert.Equal(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(data)).ToLowerInvariant(), hashing.Sha256());
    }

    private static async Task AssertFoundAsync(byte[] data, Func<Task<Stream>> open, int round)
    {
        try
        {
            // Some header bits mean nothing to gunzip (time stamp, system): what comes out must then be right.
            var read = await ReadAsync(await open());
            Assert.True(data.AsSpan().SequenceEqual(read), $"round {round} gave wrong bytes");
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
        }
    }

    private static async Task<byte[]> PackAsync(byte[] data, int chunk)
    {
        var output = new MemoryStream();
        await using var gzip = new ParallelGzipStream(output);
        for (var at = 0; at < data.Length; at += chunk)
            await gzip.WriteAsync(data.AsMemory(at, Math.Min(chunk, data.Length - at)));
        await gzip.FinishAsync(default);
        Assert.Equal(data.Length, gzip.BytesIn);
        return output.ToArray();
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        var output = new MemoryStream();
        await stream.CopyToAsync(output);
        return output.ToArray();
    }

    private sealed class FailingStream(int after) : WriteOnlyStream
    {
        private int _written;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            (_written += buffer.Length) > after ? throw new IOException("full") : ValueTask.CompletedTask;
    }
}
