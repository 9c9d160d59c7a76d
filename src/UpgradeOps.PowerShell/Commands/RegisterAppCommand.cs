using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Errors;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Registers an application by its definition file.</summary>
[Cmdlet(VerbsLifecycle.Register, "App", SupportsShouldProcess = true)]
[OutputType(typeof(App))]
public sealed class RegisterAppCommand : ChangingCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Takes the name over from another definition.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (var path in Path)
        {
            try
            {
                var full = await FullPathAsync(path);
                if (await AskAsync($"Register the application that {full} defines", Force, full) != Approval.Refused)
                    await WriteAsync(await new RegisterApp(Session).RunAsync(full, Force, cancellationToken));
            }
            catch (AppException e)
            {
                await WriteErrorAsync(ErrorRecords.From(e, e.Error.Target ?? path));
            }
        }
    }
}
