using UpgradeOps.Engine.Hosts.Durable;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Engine.Hosts;

/// <summary>Questions about a host that a short command answers; on Windows, which has no shell for it, the file system.</summary>
internal static class HostCommands
{
    /// <summary>True when a command is on the host's PATH (or is an executable file, when it is given by its path).</summary>
    public static Task<bool> ExistsAsync(IHost host, string command, CancellationToken cancellationToken) =>
        IsWindows(host)
            ? Task.FromResult(CommandFinder.Find(command, Environment.GetEnvironmentVariable("PATH")) is not null)
            : HoldsAsync(host, new HostCommand("sh", "-c", "command -v -- \"$1\" >/dev/null", "upgradeops", command), cancellationToken);

    /// <summary>True when we may create and remove entries of a folder.</summary>
    public static Task<bool> IsWritableFolderAsync(IHost host, string folder, CancellationToken cancellationToken) =>
        IsWindows(host)
            ? Task.FromResult(DurableFolder.WhyNotWritable(folder) is null)
            : HoldsAsync(host, new HostCommand("sh", "-c", "[ -d \"$1\" ] && [ -w \"$1\" ] && [ -x \"$1\" ]", "upgradeops", folder), cancellationToken);

    private static bool IsWindows(IHost host) => host.Address == LocalHost.Name && OperatingSystem.IsWindows();

    private static async Task<bool> HoldsAsync(IHost host, HostCommand question, CancellationToken cancellationToken)
    {
        try
        {
            return (await host.RunAsync(question with { IsQuestion = true }, cancellationToken).ConfigureAwait(false)).Succeeded;
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.HostCommandMissing)
        {
            return false;
        }
    }
}
