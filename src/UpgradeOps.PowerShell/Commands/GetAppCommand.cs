using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;
using UpgradeOps.PowerShell.Errors;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Lists the registered applications.</summary>
[Cmdlet(VerbsCommon.Get, "App")]
[OutputType(typeof(App))]
public sealed class GetAppCommand : EngineCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(AppNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        var apps = await new ListApps(Session).RunAsync(cancellationToken);
        foreach (var name in Name)
        {
            var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
            var found = apps.Where(a => pattern.IsMatch(a.Name)).ToList();
            foreach (var app in found)
                await WriteAsync(app);
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
                await WriteErrorAsync(ErrorRecords.From(new AppException(ErrorIds.AppUnknown, $"No application '{name}' is registered.", name), name));
        }
    }
}
