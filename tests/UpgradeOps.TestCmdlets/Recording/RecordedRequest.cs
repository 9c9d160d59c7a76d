using System.Text;

namespace UpgradeOps.TestCmdlets.Recording;

/// <summary>A request as it went by, with what was sent after its head (the first 64 KiB).</summary>
public sealed class RecordedRequest(string method, string target)
{
    private const int Most = 1 << 16;

    private readonly MemoryStream body = new();

    public string Method { get; } = method;

    public string Target { get; } = target;

    public string Body
    {
        get
        {
            lock (body)
                return Encoding.UTF8.GetString(body.ToArray());
        }
    }

    /// <summary>GET and HEAD ask; anything else may change something.</summary>
    public bool OnlyAsks => Method is "GET" or "HEAD";

    public override string ToString() => $"{Method} {Target} {Body}".TrimEnd();

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        lock (body)
            body.Write(bytes[..(int)Math.Min(bytes.Length, Most - body.Length)]);
    }
}
