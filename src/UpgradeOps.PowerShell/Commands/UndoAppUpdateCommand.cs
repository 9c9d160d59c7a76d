using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;
using UpgradeOps.PowerShell.Plans;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Takes an update back: to the version, the configuration and, if so chosen, the data that were recorded before it.</summary>
[Cmdlet(VerbsCommon.Undo, "AppUpdate", SupportsShouldProcess = true)]
[OutputType(typeof(UpdateResult), typeof(UpdatePlan))]
public sealed class UndoAppUpdateCommand : TransactionCmdlet
{
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(OperationIdCompleter))]
    public string? OperationId { get; set; }

    /// <summary>What becomes of the data when migrations were applied.</summary>
    [Parameter]
    public DataPolicy? Data { get; set; }

    /// <summary>With -WhatIf: writes the plan.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override IReadOnlyList<UpdateStatus> Wanted => [UpdateStatus.Kept, UpdateStatus.NothingToDo, UpdateStatus.Undone];

    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        var options = new UndoOptions { Name = await FindAsync(Name), OperationId = Targets.OrNull(OperationId), Data = Data, Force = Force };
        var undo = new UndoUpdate(Session);
        var plan = await undo.PlanAsync(options, cancellationToken);
        var answer = await AskAsync(PlanText.Describe(plan), Force, plan.Name);
        if (answer == Approval.Given && !Force && UndoUpdate.NeedsConsent(plan))
            answer = await AskConsentAsync(PlanText.Describe(plan), $"Restore the backup over the data of {plan.Name}?");
        if (answer == Approval.Refused)
        {
            if (PassThru)
                await WriteAsync(plan);
            return;
        }

        // Who read which rows would leave the live data and said yes has accepted it; where nobody can be asked, the engine refuses and says how.
        var result = await undo.RunAsync(options with { Force = Force || answer == Approval.Asked }, cancellationToken);
        await WriteResultAsync(result, result.Name, result.Status, result.Error, result.Next);
    }
}
