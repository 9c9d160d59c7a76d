using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Asks an application how it is, once.</summary>
[Cmdlet(VerbsCommon.Get, "AppHealth")]
[OutputType(typeof(HealthReport))]
public sealed class GetAppHealthCommand : AppCmdlet
{
    protected override async Task ProcessAppAsync(string name, CancellationToken cancellationToken) =>
        await WriteAsync(await new CheckHealth(Session).RunAsync(name, cancellationToken));
}
