using System.Management.Automation;
using UpgradeOps.PowerShell.Completion;
using UpgradeOps.PowerShell.Errors;

namespace UpgradeOps.PowerShell.Commands.Bases;

/// <summary>A cmdlet that runs an operation of one application to its end and writes what became of it.</summary>
public abstract class TransactionCmdlet : ChangingCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AppNameCompleter))]
    public virtual string Name { get; set; } = "";

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override string? ErrorTarget => Name;

    /// <summary>How it may end without being an error.</summary>
    private protected virtual IReadOnlyList<UpdateStatus> Wanted => [UpdateStatus.Kept, UpdateStatus.NothingToDo];

    /// <summary>
    /// Writes the result, and beside it an error when it did not end as wanted: a runbook that only looks at errors must not take it for a success.
    /// </summary>
    private protected async Task WriteResultAsync(object result, string name, UpdateStatus status, AppError? error, string? next)
    {
        if (status is UpdateStatus.Interrupted)
            await OnPipelineAsync(() => Tell(name, next));
        await WriteAsync(result);
        if (Wanted.Contains(status))
            return;

        var reason = error ?? new AppException(Id(status), $"The operation ended as {status}.", name).Error;
        await WriteErrorAsync(ErrorRecords.From(reason with { RecommendedAction = next ?? reason.RecommendedAction }, name));
    }

    private static string Id(UpdateStatus status) => status switch
    {
        UpdateStatus.Interrupted => ErrorIds.Interrupted,
        UpdateStatus.Refused => ErrorIds.PreflightFailed,
        UpdateStatus.NeedsAttention => ErrorIds.DataNeedsChoice,
        _ => ErrorIds.StepFailed,
    };

    /// <summary>After Ctrl+C nothing goes down the pipeline any more; where things stand is said to the person all the same.</summary>
    private bool Tell(string name, string? next)
    {
        if (Stopping)
            Host.UI.WriteWarningLine($"{name} was stopped in the middle of an operation. Go on with: {next}");
        return true;
    }
}
