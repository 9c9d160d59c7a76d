using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Forgets that a release failed here, so that it is offered again.</summary>
[Cmdlet(VerbsSecurity.Unblock, "AppRelease", SupportsShouldProcess = true)]
[OutputType(typeof(KnownBadRelease))]
public sealed class UnblockAppReleaseCommand : ChangingCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AppNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>A version, or a digest.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(VersionCompleter))]
    public string Version { get; set; } = "";

    protected override string? ErrorTarget => Name;

    protected override Task ProcessAsync(CancellationToken cancellationToken) => EachAsync(Name, UnblockAsync, cancellationToken);

    private async Task UnblockAsync(string name, CancellationToken cancellationToken)
    {
        var forget = new ForgetBad(Session);
        var found = await forget.FindAsync(name, Version, cancellationToken);
        if (await AskAsync($"Forget that {Version} of {Name} failed: {found[0].Reason}", force: false, Name) == Approval.Refused)
            return;
        foreach (var forgotten in await forget.RunAsync(name, Version, cancellationToken))
            await WriteAsync(forgotten);
    }
}
