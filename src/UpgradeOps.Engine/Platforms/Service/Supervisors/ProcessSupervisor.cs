using System.Runtime.CompilerServices;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors;

/// <summary>
/// Runs an application as a plain process in a session of its own, for machines without a service manager. It does not restart
/// what ends: it tells. Needs Linux's <c>/proc</c>, a POSIX shell and <c>setsid</c> on the host.
/// </summary>
internal sealed class ProcessSupervisor(string appName, ServiceDefinition service, IHost host, TimeProvider time) : ISupervisor
{
    /// <summary>How long the wrapper may take to write its pid file: it does nothing else.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);

    /// <summary>An application that cannot start at all ends within this; later ends are seen by the health check.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly ServicePaths paths = new(service.Directory);
    private readonly ServiceLog log = new(new ServicePaths(service.Directory), host.Files);

    public async Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var command in new[] { "sh", "setsid", "cut", "ln" })
        {
            if (!await HostCommands.ExistsAsync(host, command, cancellationToken).ConfigureAwait(false))
                findings.Add(ServiceFindings.Blocker(ErrorIds.HostCommandMissing, appName, $"The supervisor 'process' needs the command '{command}' on {host.Address}."));
        }

        if (await host.Files.StatAsync("/proc/self/stat", cancellationToken).ConfigureAwait(false) is null)
            findings.Add(ServiceFindings.Blocker(ErrorIds.ServiceStartFailed, appName, "The supervisor 'process' needs /proc: it runs on Linux only."));
        return findings;
    }

    public Task<ReleaseProgram?> ProgramAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ReleaseProgram?>(new ReleaseProgram(service.Command[0], "platform.service.command"));

    public async Task<ServiceProcess?> InspectAsync(CancellationToken cancellationToken)
    {
        var bytes = await host.Files.ReadAsync(paths.PidFile, cancellationToken).ConfigureAwait(false);
        if (bytes is null || PidFile.Parse(bytes) is not { } process)
            return null;
        return await IsAliveAsync(process, cancellationToken).ConfigureAwait(false) ? Alive(process) : process;
    }

    public Task<IReadOnlyList<string>> EndpointsAsync(ServiceProcess process, CancellationToken cancellationToken) =>
        new ListeningSockets(host.Files).OfAsync(process.ProcessId, cancellationToken);

    public async Task<ServiceProcess> StartAsync(string releaseFolder, CancellationToken cancellationToken)
    {
        if (await InspectAsync(cancellationToken).ConfigureAwait(false) is { IsAlive: true } running)
            return Expect(running, releaseFolder);

        await host.Files.CreateFolderAsync(paths.Run, HostModes.PrivateFolder, cancellationToken).ConfigureAwait(false);
        await host.Files.DeleteAsync(paths.PidFile, cancellationToken).ConfigureAwait(false);
        await log.RotateAsync(cancellationToken).ConfigureAwait(false);

        var command = ProcessScripts.Launch(paths.PidFile, paths.Log, releaseFolder, service.Command) with
        {
            Environment = ServiceEnvironment.Of(service, releaseFolder),
        };
        var launched = await host.RunAsync(command, cancellationToken).ConfigureAwait(false);
        if (!launched.Succeeded)
            throw Failed($"it could not be launched: {launched.Error.Trim()}");

        var process = Expect(await AppearAsync(cancellationToken).ConfigureAwait(false), releaseFolder);
        await SettleAsync(process, cancellationToken).ConfigureAwait(false);
        return Alive(process);
    }

    public async Task StopAsync(ServiceProcess process, CancellationToken cancellationToken)
    {
        await host.RunAsync(ProcessScripts.Signal(process, "TERM"), cancellationToken).ConfigureAwait(false);
        if (!await EndsAsync(process, service.StopTimeout ?? ServiceDefinition.UsualStopTimeout, cancellationToken).ConfigureAwait(false))
        {
            await host.RunAsync(ProcessScripts.SignalGroup(process, "KILL"), cancellationToken).ConfigureAwait(false);
            if (!await EndsAsync(process, KillLimit, cancellationToken).ConfigureAwait(false))
                throw new AppException(ErrorIds.ServiceStopFailed, $"Process {process.ProcessId} of {appName} lives on although it was killed.", appName);
        }

        await host.RunAsync(ProcessScripts.Sweep(process), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The process first, its group once that stands: a process that starts another stands still, unstoppable, until that has become its
    /// own program, which one that was stopped before never does.
    /// </summary>
    public async Task PauseAsync(ServiceProcess process, CancellationToken cancellationToken)
    {
        await host.RunAsync(ProcessScripts.Signal(process, "STOP"), cancellationToken).ConfigureAwait(false);
        var began = time.GetTimestamp();
        while (await ReadStatAsync(process.ProcessId, cancellationToken).ConfigureAwait(false) is { IsAlive: true, IsStopped: false } stat && stat.StartTime == process.StartTime)
        {
            if (time.GetElapsedTime(began) >= KillLimit)
                throw new AppException(ErrorIds.ServiceStopFailed, $"Process {process.ProcessId} of {appName} goes on although it was told to pause.", appName);
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        await host.RunAsync(ProcessScripts.SignalGroup(process, "STOP"), cancellationToken).ConfigureAwait(false);
    }

    public Task UnpauseAsync(ServiceProcess process, CancellationToken cancellationToken) =>
        host.RunAsync(ProcessScripts.SignalGroup(process, "CONT"), cancellationToken);

    public async IAsyncEnumerable<ServiceLine> LinesAsync(int tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in log.ReadLinesAsync(tail, follow, time, cancellationToken).ConfigureAwait(false))
            yield return new ServiceLine(line);
    }

    private static ServiceProcess Alive(ServiceProcess process) => process with { IsAlive = true, State = "running" };

    private ServiceProcess Expect(ServiceProcess process, string releaseFolder) => process.ReleaseFolder == releaseFolder
        ? process
        : throw Failed($"process {process.ProcessId} already runs from {process.ReleaseFolder}");

    private async Task<ServiceProcess> AppearAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < StartLimit)
        {
            if (await InspectAsync(cancellationToken).ConfigureAwait(false) is { } process)
                return process;
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        throw Failed($"nothing appeared in {paths.PidFile} within {StartLimit.TotalSeconds:0} s{await log.QuoteAsync(cancellationToken).ConfigureAwait(false)}");
    }

    private async Task SettleAsync(ServiceProcess process, CancellationToken cancellationToken)
    {
        if (await EndsAsync(process, Settling, cancellationToken).ConfigureAwait(false))
            throw Failed($"it ended at once{await log.QuoteAsync(cancellationToken).ConfigureAwait(false)}");
    }

    private async Task<bool> EndsAsync(ServiceProcess process, TimeSpan limit, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (await IsAliveAsync(process, cancellationToken).ConfigureAwait(false))
        {
            if (time.GetElapsedTime(began) >= limit)
                return false;
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private async Task<bool> IsAliveAsync(ServiceProcess process, CancellationToken cancellationToken)
    {
        var boot = await host.Files.ReadAsync("/proc/sys/kernel/random/boot_id", cancellationToken).ConfigureAwait(false);
        if (boot is null || System.Text.Encoding.ASCII.GetString(boot).Trim() != process.Boot)
            return false;
        return await ReadStatAsync(process.ProcessId, cancellationToken).ConfigureAwait(false) is { IsAlive: true } stat
            && stat.StartTime == process.StartTime;
    }

    private async Task<ProcessStat?> ReadStatAsync(int processId, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await host.Files.ReadAsync($"/proc/{processId}/stat", cancellationToken).ConfigureAwait(false);
            return bytes is null ? null : ProcessStat.Parse(bytes);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.HostFileFailed)
        {
            // It ended between the opening and the reading of its file.
            return null;
        }
    }

    private AppException Failed(string why) =>
        new(ErrorIds.ServiceStartFailed, $"{appName} was not started: {why}.", appName);
}
