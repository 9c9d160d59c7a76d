using System.Diagnostics;
using System.Text;

namespace UpgradeOps.TestKit;

/// <summary>What a finished command left behind.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Gives the output of a command that succeeded, or throws with what it said.</summary>
    public string Expect(string what) => ExitCode == 0
        ? Output
        : throw new InvalidOperationException($"{what} ended with exit code {ExitCode}:\n{Error}\n{Output}");
}

/// <summary>Runs a command to its end; arguments are a list, so nothing is ever quoted.</summary>
public sealed record Command(string Program, params string[] Arguments)
{
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public string? Folder { get; init; }

    public string? Input { get; init; }

    public static Task<CommandResult> RunAsync(string program, params string[] arguments) =>
        new Command(program, arguments).RunAsync();

    /// <summary>Gives the output of a command that must succeed.</summary>
    public static async Task<string> OutputAsync(string program, params string[] arguments) =>
        (await RunAsync(program, arguments)).Expect($"{program} {string.Join(' ', arguments)}");

    public async Task<CommandResult> RunAsync(CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo(Program, Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = Folder ?? "",
        };
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.StandardInput.WriteAsync(Input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellationToken);
            return new CommandResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
