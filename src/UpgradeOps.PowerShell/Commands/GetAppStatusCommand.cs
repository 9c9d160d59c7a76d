using System.Management.Automation;
using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Commands.Bases;
using UpgradeOps.PowerShell.Completion;

namespace UpgradeOps.PowerShell.Commands;

/// <summary>Tells what runs, whether it is healthy and whether there is something newer; many applications are asked at once.</summary>
[Cmdlet(VerbsCommon.Get, "AppStatus")]
[OutputType(typeof(AppStatus))]
public sealed class GetAppStatusCommand : EngineCmdlet
{
    private const int AtOnce = 8;

    private readonly List<string> names = [];

    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AppNameCompleter))]
    public string[] Name { get; set; } = [];

    protected override async Task ProcessAsync(CancellationToken cancellationToken) =>
        names.AddRange(Name.Length > 0 ? Name : (await new ListApps(Session).RunAsync(cancellationToken)).Select(a => a.Name));

    protected override async Task EndAsync(CancellationToken cancellationToken)
    {
        using var free = new SemaphoreSlim(AtOnce);
        var session = Session;
        var asked = names.Select(name => AskAsync(session, name, free, cancellationToken)).ToList();
        for (var i = 0; i < names.Count; i++)
            await EachAsync(names[i], async (_, _) => await WriteAsync(await asked[i]), cancellationToken);
    }

    private async Task<AppStatus> AskAsync(EngineSession session, string name, SemaphoreSlim free, CancellationToken cancellationToken)
    {
        await free.WaitAsync(cancellationToken);
        try
        {
            return await new GetStatus(session).RunAsync(await FindAsync(name), cancellationToken);
        }
        finally
        {
            free.Release();
        }
    }
}
