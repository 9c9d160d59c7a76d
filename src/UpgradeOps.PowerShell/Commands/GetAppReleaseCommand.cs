using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Lists the versions that exist, the newest first.</summary>
[Cmdlet(VerbsCommon.Get, "AppRelease")]
[OutputType(typeof(Release))]
public sealed class GetAppReleaseCommand : AppCmdlet
{
    protected override async Task ProcessAppAsync(string name, CancellationToken cancellationToken)
    {
        foreach (var release in await new ListReleases(Session).RunAsync(name, cancellationToken))
            await WriteAsync(release);
    }
}
