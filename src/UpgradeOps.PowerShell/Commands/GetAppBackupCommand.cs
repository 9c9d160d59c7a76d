using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Lists the backups of an application, the newest first.</summary>
[Cmdlet(VerbsCommon.Get, "AppBackup")]
[OutputType(typeof(Backup))]
public sealed class GetAppBackupCommand : AppCmdlet
{
    /// <summary>Only these backups.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public string BackupId { get; set; } = "*";

    protected override async Task ProcessAppAsync(string name, CancellationToken cancellationToken)
    {
        var wanted = new WildcardPattern(Targets.OrNull(BackupId) ?? "*", WildcardOptions.IgnoreCase);
        foreach (var backup in await new ListBackups(Session).RunAsync(name, cancellationToken))
        {
            if (wanted.IsMatch(backup.BackupId))
                await WriteAsync(backup);
        }
    }
}
