using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Tells what stands against an update, without changing anything.</summary>
[Cmdlet(VerbsDiagnostic.Test, "AppUpdate")]
[OutputType(typeof(Finding), typeof(bool))]
public sealed class TestAppUpdateCommand : AppCmdlet
{
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    public string? Version { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(ChannelCompleter))]
    public string? Channel { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes only whether the update may go on.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    protected override async Task ProcessAppAsync(string name, CancellationToken cancellationToken)
    {
        var options = Targets.Options(name, Version, Channel, Force);
        var plan = await new PlanUpdate(Session).RunAsync(options, cancellationToken);
        if (Quiet)
        {
            await WriteAsync(plan.Findings.All(f => f.Severity != FindingSeverity.Blocker));
            return;
        }

        foreach (var finding in plan.Findings)
            await WriteAsync(finding with { Name = plan.Name });
    }
}
