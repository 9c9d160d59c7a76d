using System.Diagnostics;

namespace UpgradeOps.TestKit;

/// <summary>Waits for something that happens elsewhere; what it asks may also fail for a while.</summary>
public static class Until
{
    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan patience, string what, CancellationToken cancellationToken = default)
    {
        var clock = Stopwatch.StartNew();
        Exception? last = null;
        while (clock.Elapsed < patience)
        {
            try
            {
                if (await condition())
                    return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                last = e;
            }
            await Task.Delay(20, cancellationToken);
        }
        throw new TimeoutException($"{what}: not within {patience.TotalSeconds:0.#} s", last);
    }
}
