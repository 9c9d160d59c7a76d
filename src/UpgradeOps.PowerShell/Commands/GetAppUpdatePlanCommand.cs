using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Makes the plan of an update: exactly what Invoke-AppUpdate would do.</summary>
[Cmdlet(VerbsCommon.Get, "AppUpdatePlan")]
[OutputType(typeof(UpdatePlan))]
public sealed class GetAppUpdatePlanCommand : AppCmdlet
{
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    public string? Version { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(ChannelCompleter))]
    public string? Channel { get; set; }

    /// <summary>How far the backup is to be proved; what the definition says when it is left out.</summary>
    [Parameter]
    public ProofLevel? ProveBackup { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override async Task ProcessAppAsync(string name, CancellationToken cancellationToken) =>
        await WriteAsync(await new PlanUpdate(Session).RunAsync(Targets.Options(name, Version, Channel, Force, ProveBackup), cancellationToken));
}
