using System.Text;
using UpgradeOps.Engine.Apps.Secrets;

namespace UpgradeOps.Engine.Databases.Tools;

/// <summary>Runs one database's tools with its password, and turns their failures into typed errors.</summary>
/// <param name="password">A secret reference; null where none is needed.</param>
/// <param name="passwordVariable">The environment variable in which the tools look for it.</param>
internal sealed class DatabaseTools(
    IToolRunner runner, ISecretResolver secrets, string? password, string passwordVariable, Func<ToolFailure, AppException> recognise)
{
    private bool? _canPack;

    public IToolRunner Runner => runner;

    /// <summary>True when a tool's output can, and should, be packed where the tool runs.</summary>
    public async Task<bool> CanPackAsync(CancellationToken cancellationToken)
    {
        if (!await runner.WritesFarAsync(cancellationToken).ConfigureAwait(false))
            return false;
        return _canPack ??= await CanRunAsync(PackedCommand.Probe, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>True when what a tool reads can, and should, be unpacked where the tool runs.</summary>
    public async Task<bool> CanUnpackAsync(string unpacker, CancellationToken cancellationToken) =>
        runner.IsFar && await CanRunAsync(PackedCommand.Has(unpacker), cancellationToken).ConfigureAwait(false);

    /// <summary>True when a command that looks for something finds it; false also where there is nothing to run it with.</summary>
    public async Task<bool> CanRunAsync(ToolCommand probe, CancellationToken cancellationToken)
    {
        try
        {
            return (await runner.RunAsync(probe, null, null, cancellationToken).ConfigureAwait(false)).Succeeded;
        }
        catch (AppException e) when (e.ErrorId is ErrorIds.HostCommandMissing)
        {
            return false;
        }
    }

    /// <summary>Runs a tool that needs the server, and packs its output with zstd on the spot.</summary>
    public async Task RunPackedAsync(ToolCommand command, Stream zstd, CancellationToken cancellationToken)
    {
        var secret = password is null ? "" : await secrets.ResolveAsync(password, cancellationToken).ConfigureAwait(false);
        var result = await runner.RunAsync(PackedCommand.Of(command.With(passwordVariable, secret)), null, zstd, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw recognise(new ToolFailure(result.ExitCode == PackedCommand.ZstdFailed ? "zstd" : command.Name, runner.Place, result.ExitCode, Clean(result.Error, secret)));
    }

    /// <summary>Runs a tool that needs the server.</summary>
    /// <exception cref="AppException">It ended with another exit code than 0.</exception>
    public async Task RunAsync(ToolCommand command, Stream? input, Stream? output, CancellationToken cancellationToken)
    {
        var secret = password is null ? "" : await secrets.ResolveAsync(password, cancellationToken).ConfigureAwait(false);
        var result = await runner.RunAsync(command.With(passwordVariable, secret), input, output, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw recognise(new ToolFailure(command.Name, runner.Place, result.ExitCode, Clean(result.Error, secret)));
    }

    /// <summary>Runs a tool and gives what it wrote.</summary>
    public async Task<string> ReadAsync(ToolCommand command, CancellationToken cancellationToken, string? input = null)
    {
        using var output = new MemoryStream();
        using var text = input is null ? null : new MemoryStream(Encoding.UTF8.GetBytes(input));
        await RunAsync(command, text, output, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);
    }

    /// <summary>No tool is known to write the password it was given; this makes sure of it.</summary>
    private static string Clean(string error, string secret) =>
        (secret.Length < 4 ? error : error.Replace(secret, "…", StringComparison.Ordinal)).Trim();
}

/// <param name="Error">What the tool wrote to standard error.</param>
internal sealed record ToolFailure(string Tool, string Place, int ExitCode, string Error)
{
    /// <summary>The last lines, which say why it stopped.</summary>
    public string Reason
    {
        get
        {
            var lines = Error.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var last = string.Join(" ", lines.TakeLast(4));
            return last.Length == 0 ? "it said nothing" : last.Length > 1000 ? "…" + last[^1000..] : last;
        }
    }

    public AppException As(string errorId, string message) => new(errorId, $"{message}: {Reason}", Place);

    public AppException Unknown() => As(ErrorIds.DatabaseToolFailed, $"{Tool} ended with exit code {ExitCode} in {Place}");
}
