using System.ComponentModel;
using System.Runtime.CompilerServices;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors.Windows;

/// <summary>
/// A Windows service that somebody else created and that runs the application by the link <c>current</c>: it is told to start and stop, and looked at. Its
/// configuration is never written. Who runs is known by process id and time of creation, so that after our own end nothing is started twice.
/// </summary>
internal sealed class WindowsServiceSupervisor(AppDefinition definition, ServiceDefinition service, IHost host, IServiceManager manager, TimeProvider time) : ISupervisor
{
    /// <summary>What a program of .NET gives its work to end, by default.</summary>
    public static readonly TimeSpan UsualStopTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Windows itself waits as long for a program that was started to report itself.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    /// <summary>A program that cannot run at all ends within this; later ends are seen by the health check.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    private readonly ServicePaths paths = new(service.Directory);
    private readonly ServiceLog log = new(new ServicePaths(service.Directory), host.Files);

    private string Name => service.Name!;

    private TimeSpan StopLimit => service.StopTimeout ?? UsualStopTimeout;

    public async Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            var look = await LookAsync(cancellationToken).ConfigureAwait(false);
            return await Task.Run(() => new WindowsServiceChecks(definition, paths, manager, Name).Run(look), cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.InnerException is Win32Exception)
        {
            return [ServiceFindings.Blocker(e.ErrorId, Name, e.Message) with { RecommendedAction = e.Error.RecommendedAction }];
        }
    }

    public async Task<ReleaseProgram?> ProgramAsync(CancellationToken cancellationToken)
    {
        var configuration = await AskAsync("be looked at", ErrorIds.ServiceManagerUnreachable, () => manager.Configuration(Name)).ConfigureAwait(false);
        return ServiceBinary.Below(configuration.BinaryPath, paths.Current) is { Length: > 0 } path ? new ReleaseProgram($"./{path}", $"the service {Name}") : null;
    }

    public async Task<ServiceProcess?> InspectAsync(CancellationToken cancellationToken) => (await LookAsync(cancellationToken).ConfigureAwait(false)).Describe();

    /// <summary>Not looked for: which process listens is not told by what the base library reads.</summary>
    public Task<IReadOnlyList<string>> EndpointsAsync(ServiceProcess process, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    public async Task<ServiceProcess> StartAsync(string releaseFolder, CancellationToken cancellationToken)
    {
        var look = await LookAsync(cancellationToken).ConfigureAwait(false);
        var record = new StartRecord { Before = look.Record?.Invocation ?? "", Folder = releaseFolder, Since = time.GetUtcNow().ToUnixTimeSeconds() };
        if (look.IsUp)
        {
            // Started by somebody who was killed before writing it down, or by Windows itself.
            if (!WindowsServiceChecks.IsSame(look.Folder(), releaseFolder))
                throw Failed($"it already runs from {look.Folder()}");
            if (look is { Start: null, Process: { } running })
                await (record with { Invocation = running.Identity }).WriteAsync(paths, host.Files, cancellationToken).ConfigureAwait(false);
            return Told(look);
        }

        if (look.Link is null || !WindowsServiceChecks.IsSame(look.Link, releaseFolder))
            throw Failed($"the service {Name} runs what {paths.Current} leads to, and that is {look.Link ?? "nothing"}, not {releaseFolder}");

        // A service says that it has stopped before its process has ended.
        if (Identified(look.Record?.Invocation) is { } before)
            await EndAsync(before, cancellationToken).ConfigureAwait(false);
        await log.PutAsideAsync(cancellationToken).ConfigureAwait(false);
        await record.WriteAsync(paths, host.Files, cancellationToken).ConfigureAwait(false);
        await TellStartAsync(cancellationToken).ConfigureAwait(false);
        look = await AppearAsync(cancellationToken).ConfigureAwait(false);
        await (record with { Invocation = look.Process!.Identity }).WriteAsync(paths, host.Files, cancellationToken).ConfigureAwait(false);
        return Told(await SettleAsync(cancellationToken).ConfigureAwait(false));
    }

    public async Task StopAsync(ServiceProcess process, CancellationToken cancellationToken)
    {
        var running = (await LookAsync(cancellationToken).ConfigureAwait(false)).Process;
        if (!await StopsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (running is not null)
                await AskAsync("be killed", ErrorIds.ServiceStopFailed, () => manager.Kill(running)).ConfigureAwait(false);
            if (!await UntilAsync(static l => !l.IsUp, KillLimit, cancellationToken).ConfigureAwait(false))
                throw new AppException(ErrorIds.ServiceStopFailed, $"The service {Name} of {definition.Name} is not stopped although its process was killed.", Name);
        }

        if (running is not null)
            await EndAsync(running, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a service does when it is told to pause is its own affair: it may go on writing.</summary>
    public Task PauseAsync(ServiceProcess process, CancellationToken cancellationToken) => throw new AppException(
        ErrorIds.ServiceUnitUnfit, $"The service {Name} of {definition.Name} cannot be paused from outside.", Name, "Use 'quiesce: stop' in the definition.");

    /// <summary>Nothing is ever paused.</summary>
    public Task UnpauseAsync(ServiceProcess process, CancellationToken cancellationToken) => Task.CompletedTask;

    public async IAsyncEnumerable<ServiceLine> LinesAsync(int tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in log.ReadLinesAsync(tail, follow, time, cancellationToken).ConfigureAwait(false))
            yield return new ServiceLine(line);
    }

    private async Task<WindowsServiceLook> LookAsync(CancellationToken cancellationToken)
    {
        var (status, process) = await AskAsync(
            "be looked at",
            ErrorIds.ServiceManagerUnreachable,
            () => manager.Look(Name) is { } found ? (found, found.ProcessId > 0 ? manager.Process(found.ProcessId) : null) : ((ServiceStatus?)null, (ServiceImage?)null)).ConfigureAwait(false);
        var link = await host.Files.StatAsync(paths.Current, cancellationToken).ConfigureAwait(false);
        var record = await host.Files.ReadAsync(paths.StartRecord, cancellationToken).ConfigureAwait(false);
        return new WindowsServiceLook(
            status, process, link?.LinkTarget is { } target ? HostPath.Absolute(target, paths.Directory) : null, link?.ModifiedAt, StartRecord.Parse(System.Text.Encoding.UTF8.GetString(record ?? [])), paths);
    }

    private async Task TellStartAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (!await StartsAsync(cancellationToken).ConfigureAwait(false))
        {
            if ((await LookAsync(cancellationToken).ConfigureAwait(false)).IsUp)
                return;
            if (time.GetElapsedTime(began) >= StartLimit)
                throw Failed($"Windows says that the service {Name} runs, but its process is dead");
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>False when Windows says that it runs already: by a restart of its own, or because it has not noticed yet that it does not.</returns>
    private async Task<bool> StartsAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await Task.Run(() => manager.Start(Name), CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (Win32Exception e) when (e.NativeErrorCode == ServiceFault.AlreadyRunning)
        {
            if (!(await LookAsync(cancellationToken).ConfigureAwait(false)).IsUp)
                await NoticeAsync().ConfigureAwait(false);
            return false;
        }
        catch (Win32Exception e)
        {
            throw await RefusedAsync("be started", e, ErrorIds.ServiceStartFailed, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A service manager that tells a dead process something learns that it is dead.</summary>
    private async Task NoticeAsync()
    {
        try
        {
            await Task.Run(() => manager.Stop(Name)).ConfigureAwait(false);
        }
        catch (Win32Exception)
        {
            // As expected: nobody is there to stop.
        }
    }

    /// <returns>False when it does not stop within its time, or is not to be asked.</returns>
    private async Task<bool> StopsAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                await Task.Run(() => manager.Stop(Name), cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (Win32Exception e) when (e.NativeErrorCode == ServiceFault.NotActive)
            {
                return true;
            }
            catch (Win32Exception e) when (e.NativeErrorCode is ServiceFault.CannotAcceptControl or ServiceFault.InvalidControl or ServiceFault.RequestTimedOut)
            {
                // It is just starting or stopping, or hangs: it may yet end by itself.
                if (await UntilAsync(static l => !l.IsUp, Pause, cancellationToken).ConfigureAwait(false))
                    return true;
                if (time.GetElapsedTime(began) >= StopLimit)
                    return false;
            }
            catch (Win32Exception e)
            {
                throw await RefusedAsync("be stopped", e, ErrorIds.ServiceStopFailed, cancellationToken).ConfigureAwait(false);
            }
        }

        return await UntilAsync(static l => !l.IsUp, StopLimit - time.GetElapsedTime(began), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for a process that has said that it ends, and kills it when it does not.</summary>
    private async Task EndAsync(ServiceImage process, CancellationToken cancellationToken)
    {
        if (await IsGoneAsync(process, StopLimit, cancellationToken).ConfigureAwait(false))
            return;
        await AskAsync("be killed", ErrorIds.ServiceStopFailed, () => manager.Kill(process)).ConfigureAwait(false);
        if (!await IsGoneAsync(process, KillLimit, cancellationToken).ConfigureAwait(false))
            throw new AppException(ErrorIds.ServiceStopFailed, $"Process {process.ProcessId} of {definition.Name} lives on although it was killed.", Name);
    }

    private async Task<bool> IsGoneAsync(ServiceImage process, TimeSpan limit, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while ((await AskAsync("be looked at", ErrorIds.ServiceManagerUnreachable, () => manager.Process(process.ProcessId)).ConfigureAwait(false))?.Identity == process.Identity)
        {
            if (time.GetElapsedTime(began) >= limit)
                return false;
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private async Task<WindowsServiceLook> AppearAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var look = await LookAsync(cancellationToken).ConfigureAwait(false);
            if (look.Process is not null)
                return look;
            if (!look.IsUp)
                throw await EndedAsync(look, cancellationToken).ConfigureAwait(false);
            if (time.GetElapsedTime(began) >= StartLimit)
                throw Failed($"Windows did not begin to start the service {Name} within {StartLimit.TotalSeconds:0} s");
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<WindowsServiceLook> SettleAsync(CancellationToken cancellationToken)
    {
        await UntilAsync(static l => !l.IsUp, Settling, cancellationToken).ConfigureAwait(false);
        var look = await LookAsync(cancellationToken).ConfigureAwait(false);
        return look.IsUp ? look : throw await EndedAsync(look, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> UntilAsync(Func<WindowsServiceLook, bool> isSo, TimeSpan limit, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (!isSo(await LookAsync(cancellationToken).ConfigureAwait(false)))
        {
            if (time.GetElapsedTime(began) >= limit)
                return false;
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private async Task<T> AskAsync<T>(string what, string otherwise, Func<T> ask)
    {
        try
        {
            return await Task.Run(ask).ConfigureAwait(false);
        }
        catch (Win32Exception e)
        {
            throw Refused(what, e, otherwise, "");
        }
    }

    private Task AskAsync(string what, string otherwise, Action ask) => AskAsync(what, otherwise, () =>
    {
        ask();
        return true;
    });

    private async Task<AppException> EndedAsync(WindowsServiceLook look, CancellationToken cancellationToken)
    {
        var code = look.Status?.Ended is { } number ? $" with exit code {number}" : "";
        return Failed($"the service {Name} ended at once{code}{await log.QuoteAsync(cancellationToken).ConfigureAwait(false)}");
    }

    private async Task<AppException> RefusedAsync(string what, Win32Exception fault, string otherwise, CancellationToken cancellationToken) =>
        Refused(what, fault, otherwise, otherwise == ErrorIds.ServiceStartFailed ? await log.QuoteAsync(cancellationToken).ConfigureAwait(false) : "");

    private AppException Refused(string what, Win32Exception fault, string otherwise, string words)
    {
        var id = ServiceFault.Id(fault.NativeErrorCode, otherwise);
        return new AppException(id, $"The service {Name} of {definition.Name} cannot {what}: {ServiceFault.Line(fault)}{words}", Name, ServiceFault.Action(id, Name), fault);
    }

    private AppException Failed(string why) => new(ErrorIds.ServiceStartFailed, $"{definition.Name} was not started: {why}.", definition.Name);

    private static ServiceProcess Told(WindowsServiceLook look) => look.Describe()!;

    private static ServiceImage? Identified(string? identity) => identity?.Split(':') is [var id, var created] && int.TryParse(id, out var number) && long.TryParse(created, out var at) ? new ServiceImage(number, at, null) : null;
}
