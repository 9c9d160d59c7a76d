using System.Text;
using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Integration.Databases;

/// <summary>
/// Lets a number of statements that change something run, also within one command, and then behaves as a killed process: nothing more
/// is run for it, not even to clean up.
/// </summary>
internal sealed class CrashingTools(IToolRunner inner, int statements) : IToolRunner
{
    private int _left = statements;

    public bool Crashed { get; private set; }

    public string Place => inner.Place;

    public ServerAddress Server => inner.Server;

    public Task<ServerAddress?> OutsideAddressAsync(CancellationToken cancellationToken) => inner.OutsideAddressAsync(cancellationToken);

    public async Task<ToolResult> RunAsync(ToolCommand command, Stream? input, Stream? output, CancellationToken cancellationToken)
    {
        if (Crashed)
            throw new CrashException();
        var isLoad = command.Tool == "pg_restore" || command.Arguments.Any(a => a.StartsWith("--init-command", StringComparison.Ordinal));
        var (allowed, allowedInput) = command.Tool switch
        {
            _ when isLoad => (command, Take(1) == 1 ? input : await HalfAsync(input!, cancellationToken)),
            "psql" => (Psql(command), input),
            "mariadb" when input is not null && !command.Arguments.Contains("--xml") && !command.Arguments.Contains("--force") => (command, Script(input)),
            _ => (command, input),
        };
        var result = allowed is null ? new ToolResult(0, "") : await inner.RunAsync(allowed, allowedInput, output, cancellationToken);
        return Crashed ? throw new CrashException() : result;
    }

    private ToolCommand? Psql(ToolCommand command)
    {
        var at = command.Arguments.ToList().IndexOf("--command");
        if (at < 0 || command.Arguments.Any(a => a.StartsWith("COPY (", StringComparison.Ordinal)))
            return command;
        var all = (command.Arguments.Count - at) / 2;
        if (command.Arguments.Contains("--single-transaction"))
            return Take(1) == 1 ? command : null;
        var taken = Take(all);
        return taken == 0 ? null : command with { Arguments = command.Arguments.Take(at + 2 * taken).ToList() };
    }

    private Stream Script(Stream input)
    {
        var text = new StreamReader(input, Encoding.UTF8).ReadToEnd();
        var delimiter = text[..text.IndexOf('\n')]["DELIMITER ".Length..];
        var statements = text[(text.IndexOf('\n') + 1)..].Split($"\n{delimiter}\n", StringSplitOptions.RemoveEmptyEntries);
        var script = new StringBuilder($"DELIMITER {delimiter}\n");
        foreach (var statement in statements)
        {
            if (!statement.StartsWith("SET ", StringComparison.Ordinal) && !statement.StartsWith("USE ", StringComparison.Ordinal) && Take(1) == 0)
                break;
            script.Append(statement).Append('\n').Append(delimiter).Append('\n');
        }

        return new MemoryStream(Encoding.UTF8.GetBytes(script.ToString()));
    }

    /// <summary>What a killed process had fed to its tool, which knows no better than to take it for the whole.</summary>
    private static async Task<Stream> HalfAsync(Stream input, CancellationToken cancellationToken)
    {
        using var whole = new MemoryStream();
        await input.CopyToAsync(whole, cancellationToken);
        var half = whole.ToArray()[..(int)(whole.Length / 2)];
        return new MemoryStream(half[..(Array.LastIndexOf(half, (byte)'\n') + 1)]);
    }

    private int Take(int count)
    {
        var taken = Math.Min(count, _left);
        _left -= taken;
        Crashed |= taken < count;
        return taken;
    }
}

internal sealed class CrashException : Exception;
