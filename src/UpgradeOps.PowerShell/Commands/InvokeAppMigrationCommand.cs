using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Plans;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Applies the pending migrations of the version that is installed, by the declared command, after a backup.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "AppMigration", SupportsShouldProcess = true)]
[OutputType(typeof(UpdateResult), typeof(UpdatePlan))]
public sealed class InvokeAppMigrationCommand : TransactionCmdlet
{
    /// <summary>With -WhatIf: writes the plan.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        var name = await FindAsync(Name);
        var run = new RunMigrations(Session);
        var plan = await run.PlanAsync(name, cancellationToken);
        if (await AskAsync(PlanText.Describe(plan), Force, plan.Name) == Approval.Refused)
        {
            if (PassThru)
                await WriteAsync(plan);
            return;
        }

        var result = await run.RunAsync(name, cancellationToken);
        await WriteResultAsync(result, result.Name, result.Status, result.Error, result.Next);
    }
}
