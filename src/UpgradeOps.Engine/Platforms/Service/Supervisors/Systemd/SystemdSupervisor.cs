using System.Runtime.CompilerServices;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors.Systemd;

/// <summary>
/// A unit that somebody else wrote and that runs the application by the link <c>current</c>: it is told to start and stop, and looked at. Its files are never
/// written. What it did is known by the identity that systemd gives each start, so that after our own end nothing is restarted without need.
/// </summary>
internal sealed class SystemdSupervisor : ISupervisor
{
    /// <summary>How long systemd may take to begin with what it was told.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    /// <summary>A program that cannot run at all ends within this; later ends are seen by the health check.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(300);

    /// <summary>Beyond the unit's own time-outs, for more than one of them and for what systemd does itself.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    private readonly AppDefinition definition;
    private readonly ServiceDefinition service;
    private readonly IHost host;
    private readonly TimeProvider time;
    private readonly ServicePaths paths;
    private readonly UnitCommands commands;
    private readonly UnitJournal journal;

    public SystemdSupervisor(AppDefinition definition, ServiceDefinition service, IHost host, TimeProvider time)
    {
        this.definition = definition;
        this.service = service;
        this.host = host;
        this.time = time;
        paths = new ServicePaths(service.Directory);
        commands = new UnitCommands(Unit, service.Scope);
        journal = new UnitJournal(commands, LookAsync, host, time);
    }

    private string Unit => service.Unit!;

    public Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken) =>
        new UnitChecks(definition, service, paths, host, commands).RunAsync(cancellationToken);

    public async Task<ReleaseProgram?> ProgramAsync(CancellationToken cancellationToken)
    {
        var look = await LookAsync(cancellationToken).ConfigureAwait(false);
        var path = look.Unit.Programs.Count > 0 ? look.Unit.Programs[0].Path : null;
        return path is null ? null : new ReleaseProgram(path.StartsWith(paths.Current + "/", StringComparison.Ordinal) ? "." + path[paths.Current.Length..] : path, $"the unit {Unit}");
    }

    public async Task<ServiceProcess?> InspectAsync(CancellationToken cancellationToken)
    {
        var look = await LookAsync(cancellationToken).ConfigureAwait(false);
        return look.Unit.Invocation.Length == 0 ? null : Describe(look);
    }

    public Task<IReadOnlyList<string>> EndpointsAsync(ServiceProcess process, CancellationToken cancellationToken) =>
        process.ProcessId == 0 ? Task.FromResult<IReadOnlyList<string>>([]) : new ListeningSockets(host.Files).OfAsync(process.ProcessId, cancellationToken);

    public async Task<ServiceProcess> StartAsync(string releaseFolder, CancellationToken cancellationToken)
    {
        var look = await LookAsync(cancellationToken).ConfigureAwait(false);
        var record = new StartRecord { Before = look.Unit.Invocation, Folder = releaseFolder, Since = look.Now };
        if (look.Unit.IsUp)
        {
            // Started by somebody who was killed before writing it down, or by systemd itself.
            if (look.Folder() != releaseFolder)
                throw Failed($"it already runs from {look.Folder()}");
            if (look.Start is null)
                await (record with { Before = "", Invocation = look.Unit.Invocation, Since = look.Now - 60 }).WriteAsync(paths, host.Files, cancellationToken).ConfigureAwait(false);
            return Describe(look);
        }

        if (look.Link != releaseFolder)
            throw Failed($"the unit {Unit} runs what {paths.Current} leads to, and that is {look.Link ?? "nothing"}, not {releaseFolder}");

        await record.WriteAsync(paths, host.Files, cancellationToken).ConfigureAwait(false);
        await host.RunAsync(commands.Forget(), cancellationToken).ConfigureAwait(false);
        await TellAsync(commands.Start(), "start", ErrorIds.ServiceStartFailed, cancellationToken).ConfigureAwait(false);
        look = await AppearAsync(record.Before, cancellationToken).ConfigureAwait(false);
        await (record with { Invocation = look.Unit.Invocation }).WriteAsync(paths, host.Files, cancellationToken).ConfigureAwait(false);
        return Describe(await SettleAsync(cancellationToken).ConfigureAwait(false));
    }

    public async Task StopAsync(ServiceProcess process, CancellationToken cancellationToken)
    {
        var unit = (await LookAsync(cancellationToken).ConfigureAwait(false)).Unit;
        if (unit.IsFrozen)
            await TellAsync(commands.Thaw(), "thaw", ErrorIds.ServiceStopFailed, cancellationToken).ConfigureAwait(false);
        await TellAsync(commands.Stop(), "stop", ErrorIds.ServiceStopFailed, cancellationToken).ConfigureAwait(false);

        // Without a time of ours the unit's own counts: systemd kills what does not end within it.
        var limit = service.StopTimeout ?? unit.Time("TimeoutStopUSec") + Margin;
        if (await EndsAsync(limit, cancellationToken).ConfigureAwait(false))
            return;
        await TellAsync(commands.Kill(), "kill", ErrorIds.ServiceStopFailed, cancellationToken).ConfigureAwait(false);
        if (!await EndsAsync(Margin, cancellationToken).ConfigureAwait(false))
            throw new AppException(ErrorIds.ServiceStopFailed, $"The unit {Unit} of {definition.Name} is not stopped although it was killed.", Unit);
    }

    public async Task PauseAsync(ServiceProcess process, CancellationToken cancellationToken)
    {
        // It is told only while it runs, so a check before may not have seen it.
        if ((await LookAsync(cancellationToken).ConfigureAwait(false)).Unit.HasWatchdog)
            throw new AppException(ErrorIds.ServiceUnitUnfit, $"The unit {Unit} of {definition.Name} has a watchdog, which would kill it while it is paused.", Unit, "Use 'quiesce: stop' in the definition.");
        await TellAsync(commands.Freeze(), "freeze", ErrorIds.ServiceStopFailed, cancellationToken).ConfigureAwait(false);
        if (!(await LookAsync(cancellationToken).ConfigureAwait(false)).Unit.IsFrozen)
            throw new AppException(ErrorIds.ServiceStopFailed, $"The unit {Unit} of {definition.Name} goes on although it was frozen.", Unit);
    }

    public Task UnpauseAsync(ServiceProcess process, CancellationToken cancellationToken) => TellAsync(commands.Thaw(), "thaw", ErrorIds.ServiceStartFailed, cancellationToken);

    public async IAsyncEnumerable<ServiceLine> LinesAsync(int tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!follow)
        {
            foreach (var entry in await journal.ReadAsync(tail, cancellationToken).ConfigureAwait(false))
                yield return new ServiceLine(entry.Message, entry.At);
            yield break;
        }

        await foreach (var entry in journal.FollowAsync(tail, cancellationToken).ConfigureAwait(false))
            yield return new ServiceLine(entry.Message, entry.At);
    }

    private ServiceProcess Describe(UnitLook look) => new(look.Unit.MainProcess, 0, "", look.Folder(), look.Unit.IsUp)
    {
        Identity = look.Id,
        State = look.Unit.State,
        Life = look.Unit.Invocation,
        RestartCount = look.Unit.Restarts,
        ExitCode = look.Unit.State is "exited" or "restarting" ? look.Unit.ExitCode : null,
    };

    private async Task<UnitLook> LookAsync(CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(commands.Look(paths), cancellationToken).ConfigureAwait(false);
        return result.Succeeded
            ? UnitLook.Parse(result.Output, paths)
            : throw Refused("be looked at", result, ErrorIds.ServiceManagerUnreachable);
    }

    private async Task TellAsync(HostCommand command, string verb, string otherwise, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(command, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw Refused($"be told to {verb}", result, otherwise);
    }

    /// <summary>Until it is another start than the one before.</summary>
    private async Task<UnitLook> AppearAsync(string before, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var look = await LookAsync(cancellationToken).ConfigureAwait(false);
            if (look.Unit.Invocation.Length > 0 && look.Unit.Invocation != before)
                return look;
            var waited = time.GetElapsedTime(began);
            if (!look.Unit.HasJob && waited >= Settling && !look.Unit.IsUp)
                throw Failed(look.Unit["ConditionResult"] == "no"
                    ? $"the conditions of the unit {Unit} are not met"
                    : $"the unit {Unit} ended at once, or one that it needs did not start{await journal.QuoteAsync(cancellationToken).ConfigureAwait(false)}");
            if (waited >= StartLimit)
                throw Failed($"systemd did not begin to start the unit {Unit} within {StartLimit.TotalSeconds:0} s");
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<UnitLook> SettleAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var look = await LookAsync(cancellationToken).ConfigureAwait(false);
            if (!look.Unit.IsUp)
            {
                var code = look.Unit.ExitCode is { } number ? $" with exit code {number}" : "";
                throw Failed($"it ended at once{code}{await journal.QuoteAsync(cancellationToken).ConfigureAwait(false)}");
            }

            if (time.GetElapsedTime(began) >= Settling)
                return look;
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> EndsAsync(TimeSpan? limit, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while ((await LookAsync(cancellationToken).ConfigureAwait(false)).Unit is { IsUp: true } or { HasJob: true })
        {
            if (limit is { } most && time.GetElapsedTime(began) >= most)
                return false;
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private AppException Refused(string what, CommandResult result, string otherwise) => new(
        UnitFault.Id(result.Error, otherwise), $"The unit {Unit} of {definition.Name} cannot {what} on {host.Address}: {UnitFault.Line(result.Error)}", Unit);

    private AppException Failed(string why) => new(ErrorIds.ServiceStartFailed, $"{definition.Name} was not started: {why}.", definition.Name);
}
