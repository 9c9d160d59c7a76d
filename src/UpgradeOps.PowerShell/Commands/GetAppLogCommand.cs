using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Reads what the instances of an application wrote.</summary>
[Cmdlet(VerbsCommon.Get, "AppLog")]
[OutputType(typeof(LogLine))]
public sealed class GetAppLogCommand : AppCmdlet
{
    /// <summary>How many of the last lines of each instance; 0 for none of them.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Tail { get; set; } = 100;

    /// <summary>Goes on with what is written from now on, until it is stopped.</summary>
    [Parameter]
    public SwitchParameter Follow { get; set; }

    protected override async Task ProcessAppAsync(string name, CancellationToken cancellationToken)
    {
        await foreach (var line in new ReadLogs(Session).RunAsync(name, Tail, Follow, cancellationToken))
            await WriteAsync(line);
    }
}
