namespace UpgradeOps.Engine.Tests.Backups;

/// <summary>Bytes that are the same in every run.</summary>
internal static class TestData
{
    /// <summary>About half compressible, as data of databases is.</summary>
    public static byte[] Bytes(int length, int seed = 1)
    {
        var random = new Random(seed);
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
            bytes[i] = (byte)(i % 3 == 0 ? random.Next(256) : 'a' + (i % 7));
        return bytes;
    }

    /// <summary>The same bytes with one bit turned.</summary>
    public static byte[] WithFlippedBit(byte[] bytes, Random random)
    {
        var copy = (byte[])bytes.Clone();
        copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
        return copy;
    }
}
