namespace UpgradeOps.Engine.Databases;

/// <summary>A dump that is to be loaded.</summary>
/// <param name="OpenAsync">
/// Opens its content, unpacked. Reading throws <see cref="InvalidDataException"/> or <see cref="EndOfStreamException"/> where it is damaged.
/// </param>
internal sealed record Dump(DumpFormat Format, Func<CancellationToken, Task<Stream>> OpenAsync)
{
    /// <summary>Bytes of the unpacked content; null where that is not known. Where it is, it may be loaded by several connections at once.</summary>
    public long? Size { get; init; }

    /// <summary>The same content as it is stored; null where it is not packed. Fewer bytes to bring to a tool that is far away.</summary>
    public PackedDump? Packed { get; init; }

    /// <summary>A dump that is read from where a stream stands.</summary>
    public static Dump Of(Stream content, DumpFormat format, long? size = null) => new(format, _ => Task.FromResult(content)) { Size = size };
}

/// <param name="Tool">The program that unpacks it from its input to its output with <c>-dcq</c>: <c>zstd</c>, <c>gzip</c>.</param>
internal sealed record PackedDump(string Tool, Func<Stream> Open);
