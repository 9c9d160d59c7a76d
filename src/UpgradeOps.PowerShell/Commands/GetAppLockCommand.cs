using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Tells who works on an application now; nothing when nobody does.</summary>
[Cmdlet(VerbsCommon.Get, "AppLock")]
[OutputType(typeof(LockInfo))]
public sealed class GetAppLockCommand : AppCmdlet
{
    protected override async Task ProcessAppAsync(string name, CancellationToken cancellationToken)
    {
        if (await new GetLock(Session).RunAsync(name, cancellationToken) is { } held)
            await WriteAsync(held);
    }
}
