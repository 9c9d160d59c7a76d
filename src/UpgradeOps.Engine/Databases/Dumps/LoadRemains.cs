namespace UpgradeOps.Engine.Databases.Dumps;

/// <summary>Clears away what a failed load left.</summary>
internal static class LoadRemains
{
    /// <summary>A failure to clear hides nothing and harms nobody: the next load of the same name clears first.</summary>
    public static async Task ClearAsync(Func<Task> clear)
    {
        try
        {
            await clear().ConfigureAwait(false);
        }
        catch (AppException)
        {
        }
    }
}
