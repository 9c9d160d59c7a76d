using System.Numerics;
using System.Security.Cryptography;

namespace UpgradeOps.Engine.Platforms.Generate;

/// <summary>
/// Ed25519 key pairs (RFC 8032, RFC 8410), which .NET does not make: the private key is 32 random bytes, the public key follows from them. Signs
/// nothing. The arithmetic takes a time that depends on the key: it is done once, for a key that nobody has used yet.
/// </summary>
internal static class Ed25519
{
    public const int SeedLength = 32;

    private static readonly byte[] PrivateHead = Convert.FromHexString("302e020100300506032b657004220420");
    private static readonly byte[] PublicHead = Convert.FromHexString("302a300506032b6570032100");

    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger TwiceD = Mod(2 * -121665 * Inverse(121666));

    private static readonly Point Base = Point.Of(
        BigInteger.Parse("15112221349535400772501151409588531511454012693041857206046113283949847762202", System.Globalization.CultureInfo.InvariantCulture),
        BigInteger.Parse("46316835694926478169428394003475163141307993866256225615783033603165251855960", System.Globalization.CultureInfo.InvariantCulture));

    public static byte[] NewSeed() => RandomNumberGenerator.GetBytes(SeedLength);

    /// <summary>PKCS #8.</summary>
    public static byte[] PrivateKey(ReadOnlySpan<byte> seed) => [.. PrivateHead, .. seed];

    /// <summary>SubjectPublicKeyInfo.</summary>
    public static byte[] PublicKey(ReadOnlySpan<byte> seed) => [.. PublicHead, .. PublicBytes(seed)];

    /// <returns>Null when it is no such key.</returns>
    public static byte[]? SeedOf(ReadOnlySpan<byte> privateKey) =>
        privateKey.Length == PrivateHead.Length + SeedLength && privateKey.StartsWith(PrivateHead) ? privateKey[PrivateHead.Length..].ToArray() : null;

    /// <returns>32 bytes: y, little end first, with the last bit of x on top.</returns>
    public static byte[] PublicBytes(ReadOnlySpan<byte> seed)
    {
        var scalar = SHA512.HashData(seed)[..SeedLength];
        scalar[0] &= 0b1111_1000;
        scalar[^1] = (byte)((scalar[^1] & 0b0111_1111) | 0b0100_0000);

        var sum = Point.Of(0, 1);
        foreach (var part in Enumerable.Reverse(scalar))
        {
            for (var bit = 7; bit >= 0; bit--)
            {
                sum = sum.Plus(sum);
                if ((part >> bit & 1) == 1)
                    sum = sum.Plus(Base);
            }
        }

        var inverse = Inverse(sum.Z);
        var encoded = new byte[SeedLength];
        Mod(sum.Y * inverse).TryWriteBytes(encoded, out _, isUnsigned: true);
        if (!Mod(sum.X * inverse).IsEven)
            encoded[^1] |= 0b1000_0000;
        return encoded;
    }

    private static BigInteger Mod(BigInteger value) => ((value % P) + P) % P;

    private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(value, P - 2, P);

    /// <summary>In extended homogeneous coordinates: x = X/Z, y = Y/Z, xy = T/Z.</summary>
    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T)
    {
        public static Point Of(BigInteger x, BigInteger y) => new(x, y, 1, Mod(x * y));

        public Point Plus(Point other)
        {
            var a = Mod((Y - X) * (other.Y - other.X));
            var b = Mod((Y + X) * (other.Y + other.X));
            var c = Mod(Mod(T * TwiceD) * other.T);
            var d = Mod(2 * Z * other.Z);
            var (e, f, g, h) = (b - a, d - c, d + c, b + a);
            return new Point(Mod(e * f), Mod(g * h), Mod(f * g), Mod(e * h));
        }
    }
}
