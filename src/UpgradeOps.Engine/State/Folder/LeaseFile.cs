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

    /// <summary>
    /// Of an owner that writes here over SSH, which no other has: its process may be anywhere, and holds no lock of this kernel. Its heartbeat
    /// counts, by this machine's clock. Null for an owner that holds its lock.
    /// </summary>
    public string? Connection { get; init; }

    /// <summary>Grows with every heartbeat of such an owner: its times are whole seconds.</summary>
    public long? Beat { get; init; }

    public static LeaseFile Read(string path)
    {
        if (!File.Exists(path))
        {
            return new LeaseFile();
        }

        return Parse(File.ReadAllText(path), path);
    }

    public static LeaseFile Parse(string json, string path) => EngineJson.Read<LeaseFile>(json, ErrorIds.StateDamaged, path);

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
