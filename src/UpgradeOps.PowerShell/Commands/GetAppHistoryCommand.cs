using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Lists the operations of the past and the attempts that were refused, the newest first: who, from where, what, when, how long, how it ended.</summary>
[Cmdlet(VerbsCommon.Get, "AppHistory")]
[OutputType(typeof(HistoryEntry))]
public sealed class GetAppHistoryCommand : AppCmdlet
{
    /// <summary>Only these operations.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(OperationIdCompleter))]
    public string OperationId { get; set; } = "*";

    /// <summary>At most so many of each application.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Last { get; set; }

    /// <summary>Begun at this moment or later.</summary>
    [Parameter]
    public DateTimeOffset? Since { get; set; }

    /// <summary>Ended like this. Interrupted also finds what a dead process left open.</summary>
    [Parameter]
    public UpdateStatus[] Status { get; set; } = [];

    protected override async Task ProcessAppAsync(string name, CancellationToken cancellationToken)
    {
        var filter = new HistoryFilter { OperationId = Targets.OrNull(OperationId), Last = Last, Since = Since, Status = Status };
        foreach (var entry in await new GetHistory(Session).RunAsync(name, cancellationToken, filter))
            await WriteAsync(entry);
    }
}
