using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Runs an application's smoke tests on the version that runs. They do what they say, so it asks like what changes something.</summary>
[Cmdlet(VerbsDiagnostic.Test, "App", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(SmokeReport))]
public sealed class TestAppCommand : ChangingCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AppNameCompleter))]
    public string[] Name { get; set; } = [];

    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (var name in Name)
            await EachAsync(name, TestAsync, cancellationToken);
    }

    private async Task TestAsync(string name, CancellationToken cancellationToken)
    {
        var test = new TestApp(Session);
        var declared = await test.ListAsync(name, cancellationToken);
        if (await AskAsync($"Run the smoke tests of {name}:\n{string.Join('\n', declared.Select(t => $"  {t}"))}", force: false, name) != Approval.Refused)
            await WriteAsync(await test.RunAsync(name, cancellationToken));
    }
}
