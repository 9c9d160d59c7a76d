using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;
using UpgradeOps.PowerShell.Plans;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Tells what stands against an update, without changing anything; or tries it on a copy, beside the live application.</summary>
[Cmdlet(VerbsDiagnostic.Test, "AppUpdate", SupportsShouldProcess = true)]
[OutputType(typeof(Finding), typeof(bool), typeof(RehearsalReport))]
public sealed class TestAppUpdateCommand : ChangingCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AppNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    public string? Version { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(ChannelCompleter))]
    public string? Channel { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Starts the version on a restored copy of the data, apart from the live application, and writes what became of it.</summary>
    [Parameter]
    public SwitchParameter Rehearse { get; set; }

    /// <summary>Writes only whether the update may go on.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (var name in Name)
            await EachAsync(name, Rehearse ? RehearseAsync : LookAsync, cancellationToken);
    }

    private async Task LookAsync(string name, CancellationToken cancellationToken)
    {
        var plan = await new PlanUpdate(Session).RunAsync(Targets.Options(name, Version, Channel, Force), cancellationToken);
        if (Quiet)
        {
            await WriteAsync(plan.Findings.All(f => f.Severity != FindingSeverity.Blocker));
            return;
        }

        foreach (var finding in plan.Findings)
            await WriteAsync(finding with { Name = plan.Name });
    }

    private async Task RehearseAsync(string name, CancellationToken cancellationToken)
    {
        var options = Targets.Options(name, Version, Channel, Force);
        var rehearse = new RehearseUpdate(Session);
        var plan = await rehearse.PlanAsync(options, cancellationToken);
        if (await AskAsync(PlanText.Describe(plan), Force, plan.Name) == Approval.Refused)
            return;
        var report = await rehearse.RunAsync(options, cancellationToken);
        if (Quiet)
            await WriteAsync(report.Passed);
        else
            await WriteAsync(report);
    }
}
