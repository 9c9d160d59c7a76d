using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Lists the operations of the past, the newest first.</summary>
[Cmdlet(VerbsCommon.Get, "AppHistory")]
[OutputType(typeof(HistoryEntry))]
public sealed class GetAppHistoryCommand : AppCmdlet
{
    /// <summary>Only these operations.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(OperationIdCompleter))]
    public string OperationId { get; set; } = "*";

    protected override async Task ProcessAppAsync(string name, CancellationToken cancellationToken)
    {
        var wanted = new WildcardPattern(Targets.OrNull(OperationId) ?? "*", WildcardOptions.IgnoreCase);
        foreach (var entry in await new GetHistory(Session).RunAsync(name, cancellationToken))
        {
            if (wanted.IsMatch(entry.OperationId))
                await WriteAsync(entry);
        }
    }
}
