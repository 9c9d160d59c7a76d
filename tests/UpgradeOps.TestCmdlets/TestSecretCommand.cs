using System.Management.Automation;
using UpgradeOps.PowerShell.Async;
using UpgradeOps.PowerShell.Commands.Bases;

namespace UpgradeOps.TestCmdlets;

/// <summary>Reads a secret as the engine does: from the thread pool, through the adapter.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Secret")]
[OutputType(typeof(string))]
public sealed class TestSecretCommand : AsyncCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public string Name { get; set; } = "";

    protected override async Task ProcessAsync(CancellationToken cancellationToken) =>
        await WriteAsync(await new SecretVault(this).ReadAsync(Name, cancellationToken) ?? "(none)");
}
