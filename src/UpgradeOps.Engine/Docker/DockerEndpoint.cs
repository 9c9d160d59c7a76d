using System.Globalization;
using System.IO.Pipes;
using System.Net.Sockets;

namespace UpgradeOps.Engine.Docker;

/// <summary>Where a Docker Engine listens, and how to open a connection to it.</summary>
/// <param name="address">As in <c>DOCKER_HOST</c>: <c>unix:///path</c>, <c>tcp://host:port</c> or <c>npipe:////./pipe/name</c>.</param>
/// <param name="connect">Opens one connection.</param>
internal sealed class DockerEndpoint(string address, Func<CancellationToken, Task<DockerConnection>> connect)
{
    public string Address { get; } = address;

    /// <summary>True when it is known to run on another machine, whose files are not here whatever their paths.</summary>
    public bool IsElsewhere { get; init; }

    /// <summary>
    /// Where the <c>docker</c> command would connect to: <c>DOCKER_HOST</c>, else the context that <c>DOCKER_CONTEXT</c> or
    /// <c>docker context use</c> chose, else the machine's own engine.
    /// </summary>
    public static DockerEndpoint FromEnvironment(Func<string, string?> variable)
    {
        if (variable("DOCKER_HOST") is { Length: > 0 } host)
        {
            return variable("DOCKER_TLS_VERIFY") is not { Length: > 0 } || !host.StartsWith("tcp://", StringComparison.Ordinal)
                ? Parse(host)
                : throw new AppException(
                    ErrorIds.EngineUnreachable,
                    $"The Docker Engine at {host} is to be reached over TLS (DOCKER_TLS_VERIFY), which is not supported.",
                    host,
                    "Run UpgradeOps on the engine's own machine, where the engine has a socket.");
        }

        if (DockerContext.Find(variable) is { } context)
            return Parse(context);
        return Parse(OperatingSystem.IsWindows() ? "npipe:////./pipe/docker_engine" : "unix:///var/run/docker.sock");
    }

    /// <exception cref="AppException"><see cref="ErrorIds.EngineUnreachable"/>: the address has a scheme that is not known here.</exception>
    public static DockerEndpoint Parse(string address)
    {
        if (address.StartsWith("unix://", StringComparison.Ordinal))
        {
            var path = address["unix://".Length..];
            return new DockerEndpoint(address, token => ConnectSocketAsync(AddressFamily.Unix, new UnixDomainSocketEndPoint(path), token));
        }

        if (address.StartsWith("npipe://", StringComparison.Ordinal))
            return new DockerEndpoint(address, token => ConnectPipeAsync(address[(address.LastIndexOf('/') + 1)..], token));

        if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "tcp" or "http")
        {
            var port = uri.Port > 0 ? uri.Port : 2375;
            return new DockerEndpoint(address, token => ConnectTcpAsync(uri.DnsSafeHost, port, token));
        }

        throw new AppException(
            ErrorIds.EngineUnreachable,
            string.Create(CultureInfo.InvariantCulture, $"DOCKER_HOST '{address}' is not understood."),
            address,
            "Use unix:///path/to/docker.sock, tcp://host:port or npipe:////./pipe/docker_engine.");
    }

    /// <exception cref="AppException"><see cref="ErrorIds.EngineUnreachable"/> or <see cref="ErrorIds.EngineForbidden"/>.</exception>
    public async Task<DockerConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await connect(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new AppException(ErrorIds.EngineForbidden, $"This user may not use the Docker Engine at {Address}.", Address, inner: e);
        }
        catch (Exception e) when (e is SocketException or IOException or TimeoutException)
        {
            throw new AppException(ErrorIds.EngineUnreachable, $"No Docker Engine answers at {Address}: {e.Message}", Address, inner: e);
        }
    }

    private static async Task<DockerConnection> ConnectSocketAsync(AddressFamily family, System.Net.EndPoint to, CancellationToken cancellationToken)
    {
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(to, cancellationToken).ConfigureAwait(false);
            return DockerConnection.Of(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<DockerConnection> ConnectTcpAsync(string host, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken).ConfigureAwait(false);
            return DockerConnection.Of(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<DockerConnection> ConnectPipeAsync(string name, CancellationToken cancellationToken)
    {
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        try
        {
            await pipe.ConnectAsync(TimeSpan.FromSeconds(5), cancellationToken).ConfigureAwait(false);
            return DockerConnection.Of(pipe);
        }
        catch
        {
            await pipe.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
