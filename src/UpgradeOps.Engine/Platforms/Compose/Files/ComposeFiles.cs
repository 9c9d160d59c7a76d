using System.Security.Cryptography;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Compose.Files;

/// <summary>The files that decide what runs: compose files in the order in which they count, and the <c>.env</c> file.</summary>
internal sealed class ComposeFiles(ComposeDefinition compose, IHostFiles files)
{
    // In the order in which Compose looks for them.
    private static readonly string[] Names = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
    private static readonly string[] Overrides = ["compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"];

    /// <summary>What Compose takes for its files where none are named.</summary>
    public static IEnumerable<string> AllNames => Names.Concat(Overrides);

    public string EnvPath { get; } = Combine(compose.Directory, compose.EnvFile);

    /// <summary>True when Compose reads the file without being told to.</summary>
    public bool IsDefaultEnvFile => compose.EnvFile == ".env";

    /// <returns>Null when there is no such file.</returns>
    public Task<byte[]?> ReadEnvAsync(CancellationToken cancellationToken) => files.ReadAsync(EnvPath, cancellationToken);

    /// <summary>Absolute paths of the compose files.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.ComposeInvalid"/>: there is none.</exception>
    public async Task<IReadOnlyList<string>> FindAsync(CancellationToken cancellationToken)
    {
        if (compose.Files.Count > 0)
            return compose.Files.Select(f => Combine(compose.Directory, f)).ToList();
        if (await ReadEnvAsync(cancellationToken).ConfigureAwait(false) is { } env && EnvFile.Parse(env, EnvPath) is var parsed && parsed.Value("COMPOSE_FILE") is { Length: > 0 } list)
        {
            var separator = parsed.Value("COMPOSE_PATH_SEPARATOR") is { Length: > 0 } own ? own : HostPath.IsPosix(compose.Directory) ? ":" : Path.PathSeparator.ToString();
            return list.Split(separator, StringSplitOptions.RemoveEmptyEntries).Select(f => Combine(compose.Directory, f)).ToList();
        }

        var main = await FirstAsync(Names, cancellationToken).ConfigureAwait(false) ?? throw new AppException(
            ErrorIds.ComposeInvalid,
            $"There is no compose file in {compose.Directory} (looked for {string.Join(", ", Names)}).",
            compose.Directory,
            "Correct platform.compose.directory or platform.compose.files in the definition.");
        var over = await FirstAsync(Overrides, cancellationToken).ConfigureAwait(false);
        return over is null ? [main] : [main, over];
    }

    /// <summary>SHA-256, in lower case hexadecimal, of each of the files by its absolute path; files that are not there are left out.</summary>
    public async Task<IReadOnlyDictionary<string, string>> HashAsync(CancellationToken cancellationToken)
    {
        var hashes = new Dictionary<string, string>();
        foreach (var path in (await FindAsync(cancellationToken).ConfigureAwait(false)).Append(EnvPath))
        {
            if (await files.ReadAsync(path, cancellationToken).ConfigureAwait(false) is { } bytes)
                hashes[path] = Hash(bytes);
        }

        return hashes;
    }

    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();

    private async Task<string?> FirstAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        foreach (var name in names)
        {
            var path = Combine(compose.Directory, name);
            if (await files.StatAsync(path, cancellationToken).ConfigureAwait(false) is { IsFolder: false })
                return path;
        }

        return null;
    }

    private static string Combine(string folder, string path) => HostPath.Absolute(path, folder);
}
