using UpgradeOps.Engine.Hosts.Durable;
using UpgradeOps.Engine.Json;

namespace UpgradeOps.Engine.State.Folder;

/// <summary>What <c>lease.json</c> says. The fence outlives each owner, so that the next one's is higher.</summary>
internal sealed record LeaseFile
{
    public int Format { get; init; } = 1;

    public long Fence { get; init; }

    /// <summary>Null while nobody holds it.</summary>
    public OwnerIdentity? Owner { get; init; }

    public string Purpose { get; init; } = "";

    public DateTimeOffset TakenAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public static LeaseFile Read(string path)
    {
        if (!File.Exists(path))
        {
            return new LeaseFile();
        }

        return EngineJson.Read<LeaseFile>(File.ReadAllText(path), ErrorIds.StateDamaged, path);
    }

    public void Write(string path) => DurableFile.WriteAtomic(path, System.Text.Encoding.UTF8.GetBytes(EngineJson.Write(this)));

    public LockInfo ToLockInfo(string name, bool? alive) => new()
    {
        Name = name,
        Fence = Fence,
        Machine = Owner!.Machine,
        User = Owner.User,
        ProcessId = Owner.ProcessId,
        Purpose = Purpose,
        TakenAt = TakenAt,
        ExpiresAt = ExpiresAt,
        OwnerAlive = alive,
    };
}
