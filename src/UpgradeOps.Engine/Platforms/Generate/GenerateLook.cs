using System.Text;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Compose.Files;

namespace UpgradeOps.Engine.Platforms.Generate;

/// <summary>Whether a value is there. Whatever stands in its place counts, so that nothing of anybody's is ever replaced.</summary>
internal enum ValueState
{
    There,
    Missing,

    /// <summary>A line or a file without a value: somebody's, and left so.</summary>
    Empty,

    /// <summary>Of a key pair only the private key is there, from which the public one follows.</summary>
    PublicMissing,

    /// <summary>Of a key pair only the public key is there, or the private key is not of the declared kind: nothing fits it.</summary>
    PairBroken,

    /// <summary>A folder, or a link to nothing, stands where the file belongs.</summary>
    Obstructed,
}

/// <summary>Looks at what a definition's <c>generate:</c> names.</summary>
internal sealed class GenerateLook(string directory, IHostFiles files)
{
    public string PathOf(string file) => HostPath.Absolute(file, directory);

    public async Task<ValueState> AtAsync(GenerateDefinition entry, CancellationToken cancellationToken)
    {
        if (entry.Variable is { } variable)
            return await AtVariableAsync(entry.EnvFile, variable, cancellationToken).ConfigureAwait(false);
        if (entry.File is { } file)
            return await AtFileAsync(file, cancellationToken).ConfigureAwait(false);
        var (own, other) = (await AtFileAsync(entry.Private!, cancellationToken).ConfigureAwait(false), await AtFileAsync(entry.Public!, cancellationToken).ConfigureAwait(false));
        return (own, other) switch
        {
            (ValueState.Obstructed, _) or (_, ValueState.Obstructed) => ValueState.Obstructed,
            (ValueState.Missing, ValueState.Missing) => ValueState.Missing,
            (ValueState.Missing, _) => ValueState.PairBroken,
            (_, ValueState.Missing) => await PublicOfAsync(entry, cancellationToken).ConfigureAwait(false) is null ? ValueState.PairBroken : ValueState.PublicMissing,
            (ValueState.Empty, _) or (_, ValueState.Empty) => ValueState.Empty,
            _ => ValueState.There,
        };
    }

    /// <returns>The public key that belongs to the private one that is there; null when it cannot be told.</returns>
    public async Task<string?> PublicOfAsync(GenerateDefinition entry, CancellationToken cancellationToken) =>
        await files.ReadAsync(PathOf(entry.Private!), cancellationToken).ConfigureAwait(false) is { } bytes ? KeyPair.PublicOf(entry.Key!, Encoding.UTF8.GetString(bytes)) : null;

    /// <returns>The file; null where there is none yet.</returns>
    public async Task<EnvFile?> EnvAsync(string file, CancellationToken cancellationToken) =>
        await files.ReadAsync(PathOf(file), cancellationToken).ConfigureAwait(false) is { } bytes ? EnvFile.Parse(bytes, PathOf(file)) : null;

    /// <summary>Whether a <c>.env</c> file has a value for a variable; one that cannot be read has none.</summary>
    public static bool Assigns(byte[] env, string variable)
    {
        try
        {
            return EnvFile.Parse(env, "").Value(variable) is { Length: > 0 };
        }
        catch (AppException)
        {
            return false;
        }
    }

    private async Task<ValueState> AtVariableAsync(string file, string variable, CancellationToken cancellationToken)
    {
        var state = await AtFileAsync(file, cancellationToken).ConfigureAwait(false);
        if (state is ValueState.Missing or ValueState.Obstructed)
            return state;
        var env = await EnvAsync(file, cancellationToken).ConfigureAwait(false);
        return env?.Value(variable) switch
        {
            { Length: > 0 } => ValueState.There,
            "" => ValueState.Empty,
            _ => env?.Inherited.Contains(variable) == true ? ValueState.There : ValueState.Missing,
        };
    }

    private async Task<ValueState> AtFileAsync(string file, CancellationToken cancellationToken)
    {
        var path = PathOf(file);
        if (await files.StatAsync(path, cancellationToken).ConfigureAwait(false) is not { } found)
            return ValueState.Missing;
        if (found.IsFolder)
            return ValueState.Obstructed;
        if (found.LinkTarget is null)
            return found.Size > 0 ? ValueState.There : ValueState.Empty;
        return await files.ReadAsync(path, cancellationToken).ConfigureAwait(false) switch
        {
            null => ValueState.Obstructed,
            { Length: 0 } => ValueState.Empty,
            _ => ValueState.There,
        };
    }
}
