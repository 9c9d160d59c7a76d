using System.Globalization;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Platforms.Compose.Files;

namespace UpgradeOps.Engine.Platforms.Generate;

/// <summary>
/// What stands for a variable that is still to be made while the compose files are only read: files that demand it can be read before, and what it
/// decides is seen to change.
/// </summary>
internal static class StandIns
{
    /// <param name="number">The entry's place under <c>generate:</c>.</param>
    public static string Of(GenerateDefinition entry, int number) => entry.Value ?? string.Create(CultureInfo.InvariantCulture, $"upgradeops-generated-{number}-7f3a");

    /// <param name="envPath">Absolute; the file that Compose reads.</param>
    /// <returns>By name, of what the file does not assign.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> MissingAsync(IReadOnlyList<GenerateDefinition> declared, string directory, string envPath, IHostFiles files, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, string>();
        var entries = declared.Select((entry, number) => (Entry: entry, Number: number)).Where(e => e.Entry.Variable is not null && HostPath.Absolute(e.Entry.EnvFile, directory) == envPath).ToList();
        if (entries.Count == 0)
            return found;
        var env = EnvFile.Parse(await files.ReadAsync(envPath, cancellationToken).ConfigureAwait(false) ?? [], envPath);
        foreach (var (entry, number) in entries.Where(e => env.Find(e.Entry.Variable!) is null && !env.Inherited.Contains(e.Entry.Variable!)))
            found[entry.Variable!] = Of(entry, number);
        return found;
    }
}
