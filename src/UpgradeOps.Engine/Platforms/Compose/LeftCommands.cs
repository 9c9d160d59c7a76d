using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Compose;

/// <summary>
/// Ends a Compose that a killed process left behind before it had made or started a container: it would do so when nobody expects it any more.
/// It is known by the container's name among its arguments, which no other process has.
/// </summary>
internal static class LeftCommands
{
    private const string Sweeper = """
        for p in /proc/[0-9]*; do
            if tr '\0' '\n' <"$p/cmdline" | grep -q -e "$1"; then kill -s KILL "${p#/proc/}"; fi
        done 2>/dev/null
        exit 0
        """;

    /// <param name="name">The container's.</param>
    /// <param name="whole">False for all whose names begin like this.</param>
    public static async Task EndAsync(IHost host, string name, bool whole, CancellationToken cancellationToken)
    {
        try
        {
            // Names of containers have letters, digits, '_', '-' and '.': the last alone means something in a pattern.
            var pattern = $"^--name={name.Replace(".", "[.]", StringComparison.Ordinal)}{(whole ? "$" : "")}";
            await host.RunAsync(new HostCommand("sh", "-c", Sweeper, "upgradeops", pattern) { IsQuestion = true }, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.HostCommandMissing)
        {
            // No shell, no /proc: a Windows machine, where nothing can be looked for in this way.
        }
    }
}
