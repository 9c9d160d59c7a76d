namespace UpgradeOps.Engine.Docker;

/// <summary>A command as a list of arguments: no shell, nothing quoted.</summary>
internal sealed record ExecCommand(params IReadOnlyList<string> Arguments)
{
    /// <summary>Added to the container's environment. Secrets go here or into standard input, never into the arguments.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>User name or <c>uid[:gid]</c>; null for the container's own.</summary>
    public string? User { get; init; }

    public string? WorkingDirectory { get; init; }
}

/// <param name="Error">The last 64 KiB of standard error.</param>
internal sealed record ExecResult(int ExitCode, string Error)
{
    public const int ErrorLimit = 64 * 1024;

    public bool Succeeded => ExitCode == 0;
}

internal sealed record ExecSpec
{
    public required IReadOnlyList<string> Cmd { get; init; }

    public IReadOnlyList<string>? Env { get; init; }

    public string? User { get; init; }

    public string? WorkingDir { get; init; }

    public bool AttachStdin { get; init; }

    public bool AttachStdout { get; init; } = true;

    public bool AttachStderr { get; init; } = true;

    public bool Tty { get; init; }
}

internal sealed record ExecStart(bool Detach, bool Tty);

/// <param name="Pid">On the engine's machine.</param>
internal sealed record ExecDetails(bool Running, int? ExitCode, int? Pid);
