using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;
using UpgradeOps.PowerShell.Plans;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Updates an application as a transaction: what the plan says, kept or undone.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "AppUpdate", SupportsShouldProcess = true, DefaultParameterSetName = ByPlan)]
[OutputType(typeof(UpdateResult), typeof(UpdatePlan))]
public sealed class InvokeAppUpdateCommand : TransactionCmdlet
{
    // The default set binds from the pipeline first: a plan also has a Name, and by that alone the newest version would be installed instead.
    private const string ByName = "Name";
    private const string ByPlan = "Plan";

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ByName)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AppNameCompleter))]
    public override string Name { get; set; } = "";

    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = ByName)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    public string? Version { get; set; }

    /// <summary>Not bound by property name: a status that is piped here would make its channel a choice to be remembered.</summary>
    [Parameter(ParameterSetName = ByName)]
    [ArgumentCompleter(typeof(ChannelCompleter))]
    public string? Channel { get; set; }

    /// <summary>How far the backup is proved before anything is changed; what the definition says when it is left out. A plan has it in its steps.</summary>
    [Parameter(ParameterSetName = ByName)]
    public ProofLevel? ProveBackup { get; set; }

    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByPlan)]
    [PlanTransformation]
    public UpdatePlan? Plan { get; set; }

    /// <summary>With -WhatIf: writes the plan.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override string? ErrorTarget => Plan?.Name ?? Name;

    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        var options = Plan is { } given
            ? Targets.Options(given.Name, null, null, Force)
            : Targets.Options(await FindAsync(Name), Version, Channel, Force, ProveBackup);
        var plan = Plan ?? await new PlanUpdate(Session).RunAsync(options, cancellationToken);
        if (await AskAsync(PlanText.Describe(plan), Force, plan.Name) == Approval.Refused)
        {
            if (PassThru)
                await WriteAsync(plan);
            return;
        }

        var result = await new UpdateApp(Session).RunAsync(options with { Plan = plan }, cancellationToken);
        await WriteResultAsync(result, result.Name, result.Status, result.Error, result.Next);
    }
}
