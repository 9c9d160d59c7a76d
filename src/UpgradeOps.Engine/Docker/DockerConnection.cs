using System.IO.Pipes;
using System.Net.Sockets;

namespace UpgradeOps.Engine.Docker;

/// <summary>One open connection to the engine, whose sending side can be closed while answers still arrive.</summary>
internal sealed class DockerConnection : IAsyncDisposable
{
    private readonly Func<CancellationToken, ValueTask> _closeWrite;

    private DockerConnection(Stream stream, Func<CancellationToken, ValueTask> closeWrite)
    {
        Stream = stream;
        _closeWrite = closeWrite;
    }

    public Stream Stream { get; }

    public static DockerConnection Of(Socket socket) => new(new NetworkStream(socket, ownsSocket: true), _ =>
    {
        socket.Shutdown(SocketShutdown.Send);
        return ValueTask.CompletedTask;
    });

    /// <summary>The engine takes an empty message on its pipe for the end of input.</summary>
    public static DockerConnection Of(NamedPipeClientStream pipe) => new(pipe, _ =>
    {
        WindowsPipe.WriteEmptyMessage(pipe);
        return ValueTask.CompletedTask;
    });

    /// <param name="closeWrite">Tells the other side that nothing more will be sent.</param>
    public static DockerConnection Of(Stream stream, Func<CancellationToken, ValueTask> closeWrite) => new(stream, closeWrite);

    /// <summary>Tells the engine that nothing more will be sent.</summary>
    public ValueTask CloseWriteAsync(CancellationToken cancellationToken) => _closeWrite(cancellationToken);

    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
