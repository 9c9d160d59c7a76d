using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Plans;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Takes the newest migration of an application's database back, after a backup, with its script and its row in one transaction.</summary>
[Cmdlet(VerbsCommon.Undo, "AppMigration", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(UpdateResult), typeof(UpdatePlan))]
public sealed class UndoAppMigrationCommand : TransactionCmdlet
{
    /// <summary>A migration's, as <c>Get-AppMigration</c> writes it.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Version { get; set; }

    /// <summary>The release whose scripts are used.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Release { get; set; }

    /// <summary>A file of SQL, instead of the release's script.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Script { get; set; }

    /// <summary>With -WhatIf: writes the plan.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        var path = Script is null ? null : await FullPathAsync(Script);
        var options = new UndoMigrationOptions
        {
            Name = await FindAsync(Name),
            Version = Targets.OrNull(Version),
            Release = Targets.OrNull(Release),
            Script = path is null ? null : UndoMigration.ReadScript(path),
            ScriptName = path,
            Force = Force,
        };
        var undo = new UndoMigration(Session);
        var plan = await undo.PlanAsync(options, cancellationToken);
        var answer = await AskAsync(PlanText.Describe(plan), Force, plan.Name);
        if (answer == Approval.Refused)
        {
            if (PassThru)
                await WriteAsync(plan);
            return;
        }

        // Who read the SQL and said yes has accepted it; -Confirm:$false accepts nothing.
        var result = await undo.RunAsync(options with { Force = Force || answer == Approval.Asked }, cancellationToken);
        await WriteResultAsync(result, result.Name, result.Status, result.Error, result.Next);
    }
}
