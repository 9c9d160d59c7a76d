using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Platforms.Generate;

namespace UpgradeOps.Engine.Preflight;

/// <summary>Whether what is missing may be made: a new value does not open what an old one closed.</summary>
internal static class GenerateCheck
{
    public static async Task<IReadOnlyList<Finding>> RunAsync(AppRooms rooms, IReadOnlyList<(GenerateDefinition Entry, ValueState State)> found, CancellationToken cancellationToken)
    {
        var findings = found.Select(f => OfState(rooms, f.Entry, f.State)).OfType<Finding>().ToList();
        var missing = found.Select((f, number) => (f.Entry, f.State, Number: number)).Where(f => f.State == ValueState.Missing).Select(f => (f.Entry, f.Number)).ToList();
        findings.AddRange(missing.Select(m => OfDatabases(rooms, m.Entry)).OfType<Finding>());
        missing.RemoveAll(m => m.Entry.Disposable || m.Entry.Reference is null);
        if (missing.Count == 0)
            return findings;
        var told = findings.Select(f => f.Target).ToHashSet();
        foreach (var use in await rooms.Platform.FindInUseAsync(missing, cancellationToken).ConfigureAwait(false))
        {
            if (told.Add(use.Entry.Name))
                findings.Add(Findings.Of(FindingSeverity.Blocker, ErrorIds.SecretInUse, use.Entry.Name, $"{use.Entry.Name} is missing, but {use.By}: a new one may not fit what was made with that.",
                    $"Put the value back ({use.Command} shows it); where another one will do, write it there yourself, or mark the entry 'disposable: true'."));
        }

        foreach (var (entry, _) in missing.Where(m => !told.Contains(m.Entry.Name)))
        {
            if (await OfBackupsAsync(rooms, entry, cancellationToken).ConfigureAwait(false) is { } finding)
                findings.Add(finding);
        }

        return findings;
    }

    private static Finding? OfState(AppRooms rooms, GenerateDefinition entry, ValueState state) => state switch
    {
        ValueState.Empty => Findings.Of(FindingSeverity.Warning, ErrorIds.SecretNotFound, entry.Name, $"{entry.Name} is there and empty: it is left so.",
            "Give it a value, or remove the line or the file to have one made."),
        ValueState.PairBroken => Findings.Of(FindingSeverity.Blocker, ErrorIds.SecretInUse, entry.Name,
            $"Of the key pair {string.Join(" and ", entry.Files)} one is missing, and the other does not tell it.",
            $"Put the missing file back, or move the other away to have a new pair made; 'key: {entry.Key}' must be what the private key is."),
        ValueState.Obstructed => Findings.Of(FindingSeverity.Blocker, ErrorIds.HostFileFailed, entry.Name,
            $"Where {string.Join(" and ", entry.Files.Select(rooms.Generate.PathOf))} belongs stands a folder, or a link to nothing. Docker makes such a folder where a file to mount is missing.",
            "Remove it if it is empty."),
        _ => null,
    };

    /// <summary>A database that is declared has data: it could not even be looked at with a password that is made now.</summary>
    private static Finding? OfDatabases(AppRooms rooms, GenerateDefinition entry)
    {
        var directory = rooms.Definition.Platform.Directory;
        var own = entry.Reference is { } reference ? SecretReference.Absolute(reference, directory) : null;
        var names = rooms.Definition.Databases.Where(d => d.Value.Password is { } password && SecretReference.Absolute(password, directory) == own).Select(d => d.Key).ToList();
        return own is null || names.Count == 0 ? null : Findings.Of(FindingSeverity.Blocker, ErrorIds.SecretInUse, entry.Name,
            $"{entry.Name} is missing, and it is the password of the database {string.Join(" and ", names)}: a new one would not open the data that is there.",
            "Put the password back that the database has.");
    }

    private static async Task<Finding?> OfBackupsAsync(AppRooms rooms, GenerateDefinition entry, CancellationToken cancellationToken)
    {
        foreach (var file in entry.Files)
        {
            if (await rooms.Backups.FindFileAsync(rooms.Generate.PathOf(file), Holds, cancellationToken).ConfigureAwait(false) is { } backup)
            {
                return Findings.Of(FindingSeverity.Blocker, ErrorIds.SecretInUse, entry.Name,
                    $"{entry.Name} is missing, but it was there when backup {backup.BackupId} was made ({backup.Moment:yyyy-MM-dd HH:mm} UTC): a new one may not fit what was made with that.",
                    $"Put it back from {HostPath.Join(backup.Location, "files")}; where another one will do, write it there yourself, or mark the entry 'disposable: true'.");
            }
        }

        return null;

        bool Holds(byte[] bytes) => entry.Variable is not { } variable || GenerateLook.Assigns(bytes, variable);
    }
}
