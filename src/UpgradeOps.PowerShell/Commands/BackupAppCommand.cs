using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Makes a backup of everything that the definition names, now.</summary>
[Cmdlet(VerbsData.Backup, "App", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Backup))]
public sealed class BackupAppCommand : ChangingCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AppNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Retention never removes it.</summary>
    [Parameter]
    public SwitchParameter Keep { get; set; }

    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (var name in Name)
            await EachAsync(name, BackUpAsync, cancellationToken);
    }

    private async Task BackUpAsync(string name, CancellationToken cancellationToken)
    {
        if (await AskAsync($"Back up {name}", force: false, name) != Approval.Refused)
            await WriteAsync(await new BackupApp(Session).RunAsync(name, cancellationToken, Keep));
    }
}
