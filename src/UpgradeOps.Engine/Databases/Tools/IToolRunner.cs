namespace UpgradeOps.Engine.Databases.Tools;

/// <summary>Runs a database engine's stock tools where the database can be reached: in its container, or on the host.</summary>
internal interface IToolRunner
{
    /// <summary>For messages: <c>container kmp-db-1</c>, <c>host local</c>.</summary>
    string Place { get; }

    /// <summary>Where the server listens, seen from where the tools run.</summary>
    ServerAddress Server { get; }

    /// <summary>True when what a tool reads passes through more than a pipe on its way there, so that it is worth sending packed.</summary>
    bool IsFar => false;

    /// <summary>True when what a tool writes passes through more than a pipe on its way here, so that it is worth packing first.</summary>
    Task<bool> WritesFarAsync(CancellationToken cancellationToken) => Task.FromResult(IsFar);

    /// <summary>
    /// The address under which the server's machine is known to others; null when the tools reach it that way already. A server that
    /// trusts its loopback shows only there whether a password is right.
    /// </summary>
    Task<ServerAddress?> OutsideAddressAsync(CancellationToken cancellationToken);

    /// <summary>Runs a tool to its end; a non-zero exit code is a result, not an exception.</summary>
    /// <param name="input">Copied to its standard input, which then ends; null for none.</param>
    /// <param name="output">Gets its standard output, byte for byte; null to drop it.</param>
    /// <exception cref="AppException">
    /// <see cref="ErrorIds.HostCommandMissing"/>: there is no such tool; <see cref="ErrorIds.DatabaseUnreachable"/>: there is no place to run it.
    /// </exception>
    Task<ToolResult> RunAsync(ToolCommand command, Stream? input, Stream? output, CancellationToken cancellationToken);
}

internal sealed record ServerAddress(string Host, int Port);

/// <param name="Error">The last part of what it wrote to standard error.</param>
internal sealed record ToolResult(int ExitCode, string Error)
{
    public bool Succeeded => ExitCode == 0;
}
