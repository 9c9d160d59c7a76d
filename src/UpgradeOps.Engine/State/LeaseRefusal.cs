namespace UpgradeOps.Engine.State;

/// <summary>Why a lease was not given, or no longer counts.</summary>
internal static class LeaseRefusal
{
    public static AppException Held(LockInfo held) => new(
        ErrorIds.LockHeld,
        $"{held.User} on {held.Machine} (process {held.ProcessId}) has been working on {held.Name} since {held.TakenAt:u}: {held.Purpose}.",
        held.Name);

    public static AppException Lost(string name, long own, long newest) => new(
        ErrorIds.LockLost,
        own == newest
            ? $"This process no longer holds the lock of {name}: it was given up. Nothing was written."
            : $"This process no longer holds the lock of {name}: its number is {own}, the newest is {newest}. Nothing was written.",
        name);
}
