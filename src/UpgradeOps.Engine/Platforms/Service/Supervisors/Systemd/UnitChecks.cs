using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors.Systemd;

/// <summary>Whether a unit can be told what an update needs, and whether it would run the new release then.</summary>
internal sealed class UnitChecks(AppDefinition definition, ServiceDefinition service, ServicePaths paths, IHost host, UnitCommands commands)
{
    private string Unit => service.Unit!;

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var command in new[] { "systemctl", "journalctl" })
        {
            if (!await HostCommands.ExistsAsync(host, command, cancellationToken).ConfigureAwait(false))
                return [Blocker(ErrorIds.HostCommandMissing, $"The supervisor 'systemd' needs the command '{command}' on {host.Address}.")];
        }

        var looked = await host.RunAsync(commands.Look(paths), cancellationToken).ConfigureAwait(false);
        if (!looked.Succeeded)
            return [Blocker(UnitFault.Id(looked.Error, ErrorIds.ServiceManagerUnreachable), $"systemd ({service.Scope}) does not answer on {host.Address}: {UnitFault.Line(looked.Error)}")];
        var look = UnitLook.Parse(looked.Output, paths);
        if (NotLoaded(look.Unit) is { } notLoaded)
            return [notLoaded];

        List<Finding> findings = [.. Unfit(look), .. Warnings(look.Unit)];
        if (!look.IsRoot)
            findings.AddRange(await RightsAsync(look.Unit, cancellationToken).ConfigureAwait(false));
        return findings;
    }

    private Finding? NotLoaded(UnitState unit) => unit["LoadState"] switch
    {
        "loaded" => null,
        "not-found" => Blocker(ErrorIds.ServiceUnitMissing, $"There is no unit {Unit} ({service.Scope}) on {host.Address}."),
        "masked" => Blocker(ErrorIds.ServiceUnitUnfit, $"The unit {Unit} is masked: it cannot be started.", $"systemctl unmask {Unit}"),
        var state => Blocker(ErrorIds.ServiceUnitUnfit, $"systemd cannot load the unit {Unit} ({state}): {unit["LoadError"]}", $"systemd-analyze verify {Unit} tells what is wrong."),
    };

    private IEnumerable<Finding> Unfit(UnitLook look)
    {
        var unit = look.Unit;
        if (unit["Type"] == "oneshot" || unit["RemainAfterExit"] == "yes")
            yield return Blocker(ErrorIds.ServiceUnitUnfit, $"The unit {Unit} is {(unit["Type"] == "oneshot" ? "of Type=oneshot" : "one with RemainAfterExit=yes")}: whether its program runs cannot be seen by it.");
        if (!RunsCurrent(unit))
        {
            yield return Blocker(
                ErrorIds.ServiceUnitUnfit,
                $"The unit {Unit} does not run {definition.Name} by {paths.Current} (ExecStart={unit.Programs.FirstOrDefault()?.Arguments}, WorkingDirectory={unit["WorkingDirectory"]}): it would run the same program after an update.",
                $"Let its ExecStart or WorkingDirectory go through {paths.Current}, then systemctl daemon-reload.");
        }

        foreach (var refusal in new[] { "RefuseManualStart", "RefuseManualStop" }.Where(r => unit[r] == "yes"))
            yield return Blocker(ErrorIds.ServiceUnitUnfit, $"The unit {Unit} has {refusal}=yes.");
        if (unit["TriggeredBy"].Length > 0)
            yield return Blocker(ErrorIds.ServiceUnitUnfit, $"The unit {Unit} is started by {unit["TriggeredBy"]} at any time, also while an update has stopped it.");
        if (look.Unit.IsUp && look.Folder() is { Length: > 0 } folder && look.Link is { } link && folder != link)
            yield return Blocker(ErrorIds.ServiceUnitUnfit, $"{definition.Name} runs from {folder}, but {paths.Current} leads to {link}: going back would not lead to what runs.", "Restart the unit, or point the link back.");
        if (definition.Quiesce == QuiesceMode.Pause && unit["CanFreeze"] != "yes")
            yield return Blocker(ErrorIds.ServiceUnitUnfit, $"The unit {Unit} cannot be paused on {host.Address}: systemd freezes units since version 246, and with cgroup v2 only.", "Use 'quiesce: stop' in the definition.");
        if (definition.Quiesce == QuiesceMode.Pause && unit.HasWatchdog)
            yield return Blocker(ErrorIds.ServiceUnitUnfit, $"The unit {Unit} has a watchdog (WatchdogSec={unit["WatchdogUSec"]}), which would kill it while it is paused.", "Use 'quiesce: stop' in the definition.");
    }

    private IEnumerable<Finding> Warnings(UnitState unit)
    {
        if (unit["NeedDaemonReload"] == "yes")
            yield return Warning($"The files of the unit {Unit} were changed since systemd read them.", "systemctl daemon-reload");
        if (service.StopTimeout is { } ours && unit.Time("TimeoutStopUSec") is { } theirs && ours > theirs)
            yield return Warning($"platform.service.stopTimeout is {ours.TotalSeconds:0.###} s, but systemd kills {Unit} after {theirs.TotalSeconds:0.###} s already.", "Raise TimeoutStopSec of the unit, or remove stopTimeout: the unit's own time counts then.");
        foreach (var action in new[] { "StartLimitAction", "FailureAction" }.Where(a => unit[a] is not ("none" or "")))
            yield return Warning($"The unit {Unit} has {action}={unit[action]}: a release that does not come up does that to the machine.", "Remove it for the time of the update.");
        if (unit["UnitFileState"] == "disabled")
            yield return Warning($"The unit {Unit} is not enabled: it does not start with the machine.", $"systemctl enable {Unit}");
    }

    private async Task<IReadOnlyList<Finding>> RightsAsync(UnitState unit, CancellationToken cancellationToken)
    {
        // Whose units they are may do everything with them.
        if (service.Scope != "system")
            return [];
        var findings = new List<Finding>();
        // Asked for only where it is so already: then nothing happens to the unit, but who may not ask is refused.
        if (unit.State is "running" or "exited")
        {
            var allowed = await host.RunAsync(commands.Probe(unit.IsUp), cancellationToken).ConfigureAwait(false);
            if (!allowed.Succeeded)
                findings.Add(Blocker(UnitFault.Id(allowed.Error, ErrorIds.ServiceForbidden), $"This user may not start and stop the unit {Unit} on {host.Address}: {UnitFault.Line(allowed.Error)}"));
        }

        if (!(await host.RunAsync(commands.MayRead(), cancellationToken).ConfigureAwait(false)).Succeeded)
            findings.Add(Warning($"This user cannot read the journal of {Unit} on {host.Address}: errors will lack its last words.", "Add the user to the group systemd-journal."));
        return findings;
    }

    private bool RunsCurrent(UnitState unit) =>
        unit.Programs.Any(p => IsThrough(p.Path) || p.Arguments.Split(' ').Any(IsThrough)) || IsThrough(unit["WorkingDirectory"].TrimStart('!', '-'));

    private bool IsThrough(string path) => path == paths.Current || path.StartsWith(paths.Current + "/", StringComparison.Ordinal);

    private Finding Blocker(string errorId, string message, string? action = null) => Of(FindingSeverity.Blocker, errorId, message, action);

    private Finding Warning(string message, string action) => Of(FindingSeverity.Warning, ErrorIds.ServiceUnitUnfit, message, action);

    private Finding Of(FindingSeverity severity, string errorId, string message, string? action) => new()
    {
        Severity = severity,
        ErrorId = errorId,
        Target = Unit,
        Message = message,
        RecommendedAction = action ?? ErrorCatalogue.Find(errorId)?.DefaultAction,
    };
}
