namespace UpgradeOps.Engine.Hosts;

/// <summary>A machine on which commands run and files live. Everything that a platform does to a machine goes through here.</summary>
internal interface IHost : IAsyncDisposable
{
    /// <summary><c>local</c> or <c>ssh://user@host:port</c>.</summary>
    string Address { get; }

    IHostFiles Files { get; }

    /// <summary>Runs a command to its end and returns what it wrote; a non-zero exit code is a result, not an exception.</summary>
    /// <exception cref="AppException">
    /// <see cref="ErrorIds.HostCommandMissing"/>: there is no such command. <see cref="ErrorIds.HostConnectionLost"/>: it may have run, in part or
    /// to its end. <see cref="ErrorIds.HostUnreachable"/> and its like: it did not run.
    /// </exception>
    Task<CommandResult> RunAsync(HostCommand command, CancellationToken cancellationToken);

    /// <summary>Runs a command with its standard input and output as byte streams; returns exit code and standard error.</summary>
    Task<CommandResult> StreamAsync(HostCommand command, Stream? input, Stream? output, CancellationToken cancellationToken);
}

/// <summary>A command as a list of arguments: nothing is quoted, nothing passes through a shell.</summary>
internal sealed record HostCommand(string FileName, params IReadOnlyList<string> Arguments)
{
    /// <summary>A command line of a definition, run in a folder: a program that is named by a path, such as <c>./check</c>, is looked for from there.</summary>
    public static HostCommand In(string folder, IReadOnlyList<string> line) => new(FileIn(folder, line[0]), [.. line.Skip(1)]) { WorkingDirectory = folder };

    /// <summary>The program of a command line as <see cref="In"/> starts it.</summary>
    public static string FileIn(string folder, string file) => file.Contains('/', StringComparison.Ordinal) ? HostPath.Absolute(file, folder) : file;

    public string? WorkingDirectory { get; init; }

    /// <summary>Added to the environment. Secrets go here or into standard input, never into the arguments.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// True for what outlives us: it gets nothing of our environment but where things are, whose they are and the language, and none
    /// of our open files. It must not depend on the shell, know the secrets, or hold the pipes of whoever started it.
    /// </summary>
    public bool Detached { get; init; }

    /// <summary>True for what changes nothing, or may be done twice: it is asked again when the connection to the host is lost before the answer is there.</summary>
    public bool IsQuestion { get; init; }
}

/// <summary>How a command ended. Output is bounded to its last 1 MiB each.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;
}
