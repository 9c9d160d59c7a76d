using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Proves that a backup can be restored. Restoring it into a scratch place and recording the proof are changes, so it asks like one.</summary>
[Cmdlet(VerbsDiagnostic.Test, "AppBackup", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Backup))]
public sealed class TestAppBackupCommand : ChangingCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AppNameCompleter))]
    public string Name { get; set; } = "";

    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public string BackupId { get; set; } = "";

    /// <summary>How far.</summary>
    [Parameter]
    public ProofLevel Level { get; set; } = ProofLevel.Restore;

    protected override string? ErrorTarget => Name;

    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        var name = await FindAsync(Name);
        if (await AskAsync($"Prove backup {BackupId} of {Name} ({Level})", force: false, Name) != Approval.Refused)
            await WriteAsync(await new ProveBackup(Session).RunAsync(name, BackupId, Level, cancellationToken));
    }
}
