using System.Management.Automation;
using UpgradeOps.PowerShell.Completion;

namespace UpgradeOps.PowerShell.Commands.Bases;

/// <summary>A cmdlet that reads something of one or more applications; an error of one does not keep it from the others.</summary>
public abstract class AppCmdlet : EngineCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AppNameCompleter))]
    public string[] Name { get; set; } = [];

    protected sealed override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (var name in Name)
            await EachAsync(name, ProcessAppAsync, cancellationToken);
    }

    /// <param name="name">A registered name, or the full path of a definition.</param>
    protected abstract Task ProcessAppAsync(string name, CancellationToken cancellationToken);
}
