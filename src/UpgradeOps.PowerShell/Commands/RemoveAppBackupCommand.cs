using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;
using UpgradeOps.PowerShell.Plans;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Removes a backup, or all that the declared retention keeps no longer.</summary>
[Cmdlet(VerbsCommon.Remove, "AppBackup", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = ById)]
[OutputType(typeof(Backup))]
public sealed class RemoveAppBackupCommand : ChangingCmdlet
{
    private const string ById = "Backup";
    private const string AllExpired = "Expired";

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AppNameCompleter))]
    public string Name { get; set; } = "";

    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = ById)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public string? BackupId { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = AllExpired)]
    public SwitchParameter Expired { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes what is removed; with -WhatIf every backup that is asked about.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override string? ErrorTarget => Name;

    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        var options = new RemoveOptions { Name = await FindAsync(Name), BackupId = BackupId, Expired = Expired, Force = Force };
        var remove = new RemoveBackups(Session);
        var judged = await remove.JudgeAsync(options, cancellationToken);
        var nothing = Expired && judged.All(b => b.Retention is not { Expired: true });
        if (nothing && !await OnPipelineAsync(() => IsWhatIf))
            return;

        var description = Expired ? RetentionText.Expired(Name, judged) : RetentionText.Single(Name, BackupId!, judged);
        var approved = await AskAsync(description, Force, Name) != Approval.Refused;
        var told = approved ? await remove.RunAsync(options, cancellationToken) : judged;
        if (!PassThru)
            return;
        foreach (var backup in told)
            await WriteAsync(backup);
    }
}
