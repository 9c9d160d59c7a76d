using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Lists the migrations of an application's database, held against those of the release that runs or of another one.</summary>
[Cmdlet(VerbsCommon.Get, "AppMigration")]
[OutputType(typeof(Migration))]
public sealed class GetAppMigrationCommand : AppCmdlet
{
    /// <summary>A release instead of the one that runs: one that is here, or a version, tag, commit or channel of a git repository.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Release { get; set; }

    /// <summary>Only those in one of these states.</summary>
    [Parameter]
    public MigrationState[] State { get; set; } = [];

    protected override async Task ProcessAppAsync(string name, CancellationToken cancellationToken)
    {
        foreach (var migration in await new ListMigrations(Session).RunAsync(name, Release, cancellationToken))
        {
            if (State.Length == 0 || State.Contains(migration.State))
                await WriteAsync(migration);
        }
    }
}
