using System.ComponentModel;
using System.Diagnostics;

namespace UpgradeOps.Engine.Hosts.Local;

/// <summary>This machine.</summary>
internal sealed class LocalHost : IHost
{
    public const string Name = "local";

    private const int FileNotFound = 2;

    public string Address => Name;

    public IHostFiles Files { get; } = new LocalFiles();

    public async Task<CommandResult> RunAsync(HostCommand command, CancellationToken cancellationToken)
    {
        var output = new TailStream();
        var result = await StreamAsync(command, input: null, output, cancellationToken).ConfigureAwait(false);
        return result with { Output = output.ToString() };
    }

    public async Task<CommandResult> StreamAsync(HostCommand command, Stream? input, Stream? output, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = CommandStart.Prepare(command);
        using var process = Start(start, command);
        return await new CommandRun(process, start.OwnSession).FinishAsync(input, output, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static Process Start(CommandStart start, HostCommand command)
    {
        try
        {
            return Process.Start(start.Info)!;
        }
        catch (Win32Exception e)
        {
            throw e.NativeErrorCode == FileNotFound
                ? CommandStart.Missing(command.FileName, e)
                : new AppException(ErrorIds.HostCommandFailed, $"{command.FileName} could not be started: {e.Message}.", command.FileName, inner: e);
        }
    }
}
