using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Frees the lock of an application whose owner has died; with -Force, also a living one's.</summary>
[Cmdlet(VerbsCommon.Unlock, "App", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class UnlockAppCommand : ChangingCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AppNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (var name in Name)
            await EachAsync(name, UnlockAsync, cancellationToken);
    }

    private async Task UnlockAsync(string name, CancellationToken cancellationToken)
    {
        if (await new GetLock(Session).RunAsync(name, cancellationToken) is not { } held)
            return;

        var owner = $"process {held.ProcessId} of {held.User} on {held.Machine}, {Life(held.OwnerAlive)}, since {held.TakenAt:u} for: {held.Purpose}";
        if (await AskAsync($"Free the lock of {held.Name} (owner: {owner})", Force, held.Name) != Approval.Refused)
            await new BreakLock(Session).RunAsync(name, Force, cancellationToken);
    }

    private static string Life(bool? alive) => alive switch
    {
        true => "alive",
        false => "gone",
        null => "on another machine",
    };
}
