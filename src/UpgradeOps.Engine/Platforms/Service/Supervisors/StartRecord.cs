using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors;

/// <summary>
/// What we wrote down about the last start that was ours. A service manager gives each of its own restarts a new identity: this tells which of them belong to one start.
/// </summary>
internal sealed record StartRecord
{
    public int Format { get; init; } = 1;

    /// <summary>Identity of the start; null until it is known, which it is not where somebody was killed in between.</summary>
    public string? Invocation { get; init; }

    /// <summary>What ran before: its lines are not this start's.</summary>
    public string Before { get; init; } = "";

    public required string Folder { get; init; }

    /// <summary>Seconds since 1970 by the host's clock, from before the start.</summary>
    public required long Since { get; init; }

    /// <returns>Null for what is none of ours: it is a help, and no truth.</returns>
    public static StartRecord? Parse(string json)
    {
        try
        {
            return json.Length == 0 ? null : EngineJson.Read<StartRecord>(json, ErrorIds.StateDamaged, "the record of a start");
        }
        catch (AppException)
        {
            return null;
        }
    }

    public async Task WriteAsync(ServicePaths paths, IHostFiles files, CancellationToken cancellationToken)
    {
        await files.CreateFolderAsync(paths.Run, HostModes.PrivateFolder, cancellationToken).ConfigureAwait(false);
        await files.WriteAtomicAsync(paths.StartRecord, System.Text.Encoding.UTF8.GetBytes(EngineJson.Write(this) + "\n"), HostModes.PrivateFile, cancellationToken).ConfigureAwait(false);
    }
}
