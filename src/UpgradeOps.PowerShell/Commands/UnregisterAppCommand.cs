using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Forgets a registered application. Its definition, state and backups stay.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "App", SupportsShouldProcess = true)]
[OutputType(typeof(App))]
public sealed class UnregisterAppCommand : ChangingCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AppNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (var name in Name)
            await EachAsync(name, UnregisterAsync, cancellationToken);
    }

    private async Task UnregisterAsync(string name, CancellationToken cancellationToken)
    {
        if (await AskAsync($"Forget the application {name}; its definition, state and backups stay", force: false, name) == Approval.Refused)
            return;
        var app = await new UnregisterApp(Session).RunAsync(name, cancellationToken);
        if (PassThru)
            await WriteAsync(app);
    }
}
