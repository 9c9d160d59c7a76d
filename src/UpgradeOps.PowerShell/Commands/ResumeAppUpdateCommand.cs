using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Goes on with an operation that was interrupted or killed.</summary>
[Cmdlet(VerbsLifecycle.Resume, "AppUpdate", SupportsShouldProcess = true)]
[OutputType(typeof(UpdateResult))]
public sealed class ResumeAppUpdateCommand : TransactionCmdlet
{
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(OperationIdCompleter))]
    public string? OperationId { get; set; }

    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        var options = new ResumeOptions { Name = await FindAsync(Name), OperationId = Targets.OrNull(OperationId), Force = Force };
        var operation = options.OperationId is { } id ? $"operation {id}" : "the newest operation";
        if (await AskAsync($"Go on with {operation} of {Name}", Force, Name) == Approval.Refused)
            return;

        var result = await new ResumeUpdate(Session).RunAsync(options, cancellationToken);
        await WriteResultAsync(result, result.Name, result.Status, result.Error, result.Next);
    }
}
