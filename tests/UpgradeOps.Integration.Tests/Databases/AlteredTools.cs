using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Integration.Databases;

/// <summary>Tools of which one has another name, tells another version, loses the end of what it writes, or is farther away.</summary>
internal sealed class AlteredTools(IToolRunner inner) : IToolRunner
{
    public Dictionary<string, string> Names { get; } = [];

    /// <summary>Bytes that are cut off the end of a dump, whose exit code stays what it was.</summary>
    public int Cut { get; init; }

    public string? Version { get; init; }

    /// <summary>Their output cannot be had directly.</summary>
    public bool IsFar { get; init; }

    public string Place => inner.Place;

    public ServerAddress Server => inner.Server;

    public Task<ServerAddress?> OutsideAddressAsync(CancellationToken cancellationToken) => inner.OutsideAddressAsync(cancellationToken);

    public async Task<ToolResult> RunAsync(ToolCommand command, Stream? input, Stream? output, CancellationToken cancellationToken)
    {
        if (Version is not null && command.Arguments is ["--version"])
        {
            await output!.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Version), cancellationToken);
            return new ToolResult(0, "");
        }

        var altered = command with { Tool = Names.GetValueOrDefault(command.Tool, command.Tool) };
        if (Cut == 0 || !command.Tool.EndsWith("dump", StringComparison.Ordinal) || command.Arguments is ["--version"])
            return await inner.RunAsync(altered, input, output, cancellationToken);
        using var whole = new MemoryStream();
        var result = await inner.RunAsync(altered, input, whole, cancellationToken);
        await output!.WriteAsync(whole.GetBuffer().AsMemory(0, (int)whole.Length - Cut), cancellationToken);
        return result;
    }
}

/// <summary>
/// Does something once, when so many bytes have been written to it, and takes the rest slowly until that is done. It never stops taking:
/// the engine tells no command of a container that it has ended while another's output waits.
/// </summary>
internal sealed class TriggerStream(long after, Func<Task> action) : MemoryStream
{
    private Task? _doing;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        if (Length <= after)
            return;
        _doing ??= action();
        if (!_doing.IsCompleted)
            await Task.WhenAny(_doing, Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken));
    }
}
