using System.Globalization;
using UpgradeOps.Engine.State.Folder;

namespace UpgradeOps.Engine.State.Ssh;

/// <summary>A lease as the host shows it at one moment, by its clock.</summary>
/// <param name="Text">As it stands there; empty when there is none.</param>
/// <param name="Now">The host's clock, in whole seconds.</param>
/// <param name="Kernel">Of the host.</param>
/// <param name="IsLocked">Whether a process over there holds the lock of the owner's file.</param>
internal sealed record SeenLease(string Text, LeaseFile Lease, DateTimeOffset Now, string Kernel, bool IsLocked)
{
    /// <param name="output">Of <see cref="StateScripts.Look"/>.</param>
    public static SeenLease Read(string output, StateFolder folder)
    {
        var lines = output.Split('\n', 4);
        if (lines.Length < 3 || !long.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            throw folder.Damaged($"the host's answer about the lock cannot be read: {output.Trim()}");
        var text = lines.Length == 4 ? lines[3].TrimEnd('\n') : "";
        return new SeenLease(
            text,
            text.Length == 0 ? new LeaseFile() : LeaseFile.Parse(text, $"{folder.Location}/lease.json"),
            DateTimeOffset.FromUnixTimeSeconds(seconds),
            lines[1],
            lines[2] == "locked");
    }

    public LeaseVerdict Judge()
    {
        if (Lease.Owner is not { } owner)
            return LeaseVerdict.Free;
        var lives = owner.IsAlive();
        if (lives == false)
            return LeaseVerdict.Dead;
        if (owner.IsThisProcess())
            return Lease.Connection is { } own && HeldHere.Has(own) ? LeaseVerdict.Alive : LeaseVerdict.Dead;
        if (IsLocked || (lives == true && Lease.Connection is not null))
            return LeaseVerdict.Alive;
        // Over there, and its lock is free: the kernel says that it is gone.
        if (Lease.Connection is null && owner.Realm.Split('/')[0] == Kernel)
            return LeaseVerdict.Dead;

        // An expiry that is further away than any owner sets it was written before the host's clock was set back.
        var left = Lease.ExpiresAt - Now;
        return left > TimeSpan.Zero && left <= FolderLease.Lifetime + FolderLease.Beat ? LeaseVerdict.Beating : LeaseVerdict.Doubtful;
    }
}
