using System.Security.Cryptography;
using UpgradeOps.Engine.Archives;
using UpgradeOps.Engine.Backups.Streams;

namespace UpgradeOps.Integration.Backups;

/// <summary>Packing with the zstd tool: what goes in comes out, every damage is found, and no failure leaves anybody waiting.</summary>
public sealed class ZstdTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9_876_543)]
    public async Task What_goes_in_comes_out_and_the_stock_tool_opens_it(int length)
    {
        Needs.Parts(Part.Zstd);
        var data = Some(length);
        var packed = await PackAsync(data);
        Assert.Equal(data, await ReadAsync(new UnzstdStream(new MemoryStream(packed))));

        var unpacked = new MemoryStream();
        await using (var filter = ZstdFilter.Unpacking(unpacked))
        {
            await filter.WriteAsync(packed, Token);
            await filter.FinishAsync(Token);
        }

        Assert.Equal(data, unpacked.ToArray());
        using var folder = new TempFolder("zstd-");
        await File.WriteAllBytesAsync(folder["a.zst"], packed, Token);
        Assert.Equal(0, (await new Command("zstd", "-q", "-t", folder["a.zst"]).RunAsync(Token)).ExitCode);
    }

    [Fact]
    public async Task Every_flipped_bit_cut_and_tail_is_found()
    {
        Needs.Parts(Part.Zstd);
        var data = Some(300_000);
        var packed = await PackAsync(data);
        var random = new Random(3);
        for (var i = 0; i < 30; i++)
        {
            var damaged = (i % 3) switch
            {
                0 => packed[..random.Next(1, packed.Length)],
                1 => [.. packed, .. Some(random.Next(1, 100))],
                _ => Flipped(packed, random),
            };
            // Some bits of a frame's head say nothing about its content: either the same comes out, or it is refused.
            try
            {
                Assert.Equal(data, await ReadAsync(new UnzstdStream(new MemoryStream(damaged))));
                Assert.Equal(2, i % 3);
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    [Fact]
    public async Task A_store_that_fails_ends_the_writer_with_its_own_reason()
    {
        Needs.Parts(Part.Zstd);
        await using var filter = ZstdFilter.Packing(new Failing());
        var noise = RandomNumberGenerator.GetBytes(1 << 20);
        var e = await Assert.ThrowsAsync<UnauthorizedAccessException>(async () =>
        {
            for (var i = 0; i < 64; i++)
                await filter.WriteAsync(noise, Token);
            await filter.FinishAsync(Token);
        });
        Assert.Equal("the store is full", e.Message);
    }

    [Fact]
    public async Task A_reader_that_stops_early_leaves_no_process()
    {
        Needs.Parts(Part.Zstd);
        var packed = await PackAsync(Some(50_000_000));
        var reading = new UnzstdStream(new MemoryStream(packed));
        Assert.Equal(1000, await reading.ReadAtLeastAsync(new byte[1000], 1000, cancellationToken: Token));
        reading.Dispose();

        var writing = ZstdFilter.Packing(new MemoryStream());
        await writing.WriteAsync(Some(5_000_000), Token);
        await writing.DisposeAsync();
    }

    private static byte[] Some(int length)
    {
        var random = new Random(length);
        var data = new byte[length];
        random.NextBytes(data.AsSpan(0, length / 2));
        return data;
    }

    private static byte[] Flipped(byte[] packed, Random random)
    {
        var damaged = packed.ToArray();
        damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
        return damaged;
    }

    private static async Task<byte[]> PackAsync(byte[] data)
    {
        var packed = new MemoryStream();
        await using var filter = ZstdFilter.Packing(packed);
        for (var at = 0; at < data.Length; at += 70_001)
            await filter.WriteAsync(data.AsMemory(at, Math.Min(70_001, data.Length - at)), Token);
        await filter.FinishAsync(Token);
        return packed.ToArray();
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        var all = new MemoryStream();
        await using (stream)
            await stream.CopyToAsync(all, Token);
        return all.ToArray();
    }

    private sealed class Failing : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new UnauthorizedAccessException("the store is full");
    }
}
