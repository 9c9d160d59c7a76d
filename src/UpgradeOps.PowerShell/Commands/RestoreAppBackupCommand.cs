using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;
using UpgradeOps.PowerShell.Plans;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Restores a backup, or a dump or an archive of files that another tool made. What was live before is kept aside.</summary>
[Cmdlet(VerbsData.Restore, "AppBackup", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = ByBackup)]
[OutputType(typeof(RestoreResult), typeof(UpdatePlan))]
public sealed class RestoreAppBackupCommand : TransactionCmdlet
{
    private const string ByBackup = "Backup";
    private const string ByFile = "File";

    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = ByBackup)]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public string? BackupId { get; set; }

    /// <summary>Not bound by property name: an application's Path is its definition.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByFile)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    [Parameter(ParameterSetName = ByFile)]
    public string? Database { get; set; }

    /// <summary>Only this source of the backup; of a file, what it goes into.</summary>
    [Parameter]
    public string? Source { get; set; }

    /// <summary>Beside the live data, with this behind its names.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? As { get; set; }

    /// <summary>With -WhatIf: writes the plan.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        var options = new RestoreOptions
        {
            Name = await FindAsync(Name),
            BackupId = Targets.OrNull(BackupId),
            Path = Path is null ? null : await FullPathAsync(Path),
            Database = Targets.OrNull(Database),
            Source = Targets.OrNull(Source),
            As = Targets.OrNull(As),
            Force = Force,
        };
        var restore = new RestoreBackup(Session);
        var plan = await restore.PlanAsync(options, cancellationToken);
        var answer = await AskAsync(PlanText.Describe(plan), Force, plan.Name);
        if (answer == Approval.Refused)
        {
            if (PassThru)
                await WriteAsync(plan);
            return;
        }

        // Who read the plan and said yes has accepted what it says is lost; -Confirm:$false accepts nothing.
        var result = await restore.RunAsync(options with { Force = Force || answer == Approval.Asked }, cancellationToken);
        await WriteResultAsync(result, result.Name, result.Status, result.Error, result.Next);
    }
}
