using System.Buffers.Binary;
using System.Numerics;

namespace UpgradeOps.Engine.Backups.Dumps;

/// <summary>
/// XXH64 with seed 0, as its specification has it: quick enough to be computed over every row that passes by, and any tool that knows the
/// name gives the same number. It tells that values differ by accident; against intent stands the SHA-256 of the file.
/// </summary>
internal sealed class XxHash64
{
    private const ulong Prime1 = 11400714785074694791;
    private const ulong Prime2 = 14029467366897019727;
    private const ulong Prime3 = 1609587929392839161;
    private const ulong Prime4 = 9650029242287828579;
    private const ulong Prime5 = 2870177450012600261;
    private const int StripeLength = 32;

    private readonly byte[] _rest = new byte[StripeLength];
    private Lanes _lanes = Lanes.Start;
    private int _restLength;
    private ulong _length;

    public static ulong Of(ReadOnlySpan<byte> data)
    {
        var lanes = Lanes.Start;
        var rest = data;
        if (data.Length >= StripeLength)
            lanes.Add(ref rest);
        return Finish(lanes, rest, (ulong)data.Length);
    }

    public void Append(ReadOnlySpan<byte> data)
    {
        _length += (ulong)data.Length;
        if (_restLength > 0)
        {
            var taken = Math.Min(data.Length, StripeLength - _restLength);
            data[..taken].CopyTo(_rest.AsSpan(_restLength));
            data = data[taken..];
            _restLength += taken;
            if (_restLength < StripeLength)
                return;
            ReadOnlySpan<byte> stripe = _rest;
            _lanes.Add(ref stripe);
            _restLength = 0;
        }

        _lanes.Add(ref data);
        data.CopyTo(_rest);
        _restLength = data.Length;
    }

    /// <summary>The value of all that was appended; begins anew.</summary>
    public ulong TakeResult()
    {
        var result = Finish(_lanes, _rest.AsSpan(0, _restLength), _length);
        (_lanes, _restLength, _length) = (Lanes.Start, 0, 0);
        return result;
    }

    private static ulong Finish(Lanes lanes, ReadOnlySpan<byte> rest, ulong length)
    {
        var hash = (length >= StripeLength ? lanes.Merged() : Prime5) + length;
        for (; rest.Length >= 8; rest = rest[8..])
            hash = (BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(rest)), 27) * Prime1) + Prime4;
        if (rest.Length >= 4)
        {
            hash = (BitOperations.RotateLeft(hash ^ (BinaryPrimitives.ReadUInt32LittleEndian(rest) * Prime1), 23) * Prime2) + Prime3;
            rest = rest[4..];
        }

        foreach (var b in rest)
            hash = BitOperations.RotateLeft(hash ^ (b * Prime5), 11) * Prime1;
        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    private static ulong Round(ulong lane, ulong input) => BitOperations.RotateLeft(lane + (input * Prime2), 31) * Prime1;

    private struct Lanes
    {
        private ulong _a;
        private ulong _b;
        private ulong _c;
        private ulong _d;

        public static Lanes Start => new() { _a = unchecked(Prime1 + Prime2), _b = Prime2, _c = 0, _d = unchecked(0 - Prime1) };

        /// <summary>Takes whole stripes off the front.</summary>
        public void Add(ref ReadOnlySpan<byte> data)
        {
            var (a, b, c, d) = (_a, _b, _c, _d);
            for (; data.Length >= StripeLength; data = data[StripeLength..])
            {
                a = Round(a, BinaryPrimitives.ReadUInt64LittleEndian(data));
                b = Round(b, BinaryPrimitives.ReadUInt64LittleEndian(data[8..]));
                c = Round(c, BinaryPrimitives.ReadUInt64LittleEndian(data[16..]));
                d = Round(d, BinaryPrimitives.ReadUInt64LittleEndian(data[24..]));
            }

            (_a, _b, _c, _d) = (a, b, c, d);
        }

        public readonly ulong Merged()
        {
            var hash = BitOperations.RotateLeft(_a, 1) + BitOperations.RotateLeft(_b, 7) + BitOperations.RotateLeft(_c, 12) + BitOperations.RotateLeft(_d, 18);
            foreach (var lane in (ReadOnlySpan<ulong>)[_a, _b, _c, _d])
                hash = ((hash ^ Round(0, lane)) * Prime1) + Prime4;
            return hash;
        }
    }
}
