using System.ComponentModel;
using System.Diagnostics;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>Starts the machine's SSH client, with pipes to it.</summary>
internal static class SshClient
{
    /// <exception cref="AppException"><see cref="ErrorIds.HostCommandMissing"/>.</exception>
    public static Process Start(SshAddress address, SshOptions options, IReadOnlyList<string> arguments)
    {
        var path = Environment.GetEnvironmentVariable("PATH");
        var program = SshProgram.Choose(options, OperatingSystem.IsWindows(), name => CommandFinder.Find(name, path), File.Exists, Environment.GetEnvironmentVariable);
        try
        {
            return Process.Start(CommandStart.Prepare(new HostCommand(program, arguments)).Info)!;
        }
        catch (Exception e) when (e is Win32Exception || (e is AppException a && a.ErrorId == ErrorIds.HostCommandMissing))
        {
            throw new AppException(ErrorIds.HostCommandMissing, $"{address} needs the SSH client '{program}', which cannot be started on this machine.", program, "Install OpenSSH's client here, or name it with UPGRADEOPS_SSH.", e);
        }
    }

    /// <summary>Ends it at once.</summary>
    public static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended.
        }
    }
}
