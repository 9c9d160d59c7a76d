using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Waits until an application is healthy, in the version that is wanted.</summary>
[Cmdlet(VerbsLifecycle.Wait, "AppHealth")]
[OutputType(typeof(HealthReport))]
public sealed class WaitAppHealthCommand : AppCmdlet
{
    /// <summary>The version that must answer.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    public string? Version { get; set; }

    /// <summary>Seconds.</summary>
    [Parameter]
    [ValidateRange(0, 86400)]
    public int Timeout { get; set; } = 60;

    protected override async Task ProcessAppAsync(string name, CancellationToken cancellationToken)
    {
        var version = string.IsNullOrEmpty(Version) ? null : Version;
        var report = await new WaitHealth(Session).RunAsync(name, version, TimeSpan.FromSeconds(Timeout), cancellationToken);
        await WriteAsync(report);
        if (!report.Healthy)
            throw new AppException(ErrorIds.NotHealthy, $"{report.Name} is not healthy after {Timeout} s: {report.Reason}", report.Name);
    }
}
