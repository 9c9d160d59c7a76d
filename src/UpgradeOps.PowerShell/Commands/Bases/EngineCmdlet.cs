using UpgradeOps.Engine.Operations;
using UpgradeOps.PowerShell.Async;
using UpgradeOps.PowerShell.Errors;

namespace UpgradeOps.PowerShell.Commands.Bases;

/// <summary>A cmdlet that calls the engine: gives it what only PowerShell has, shows what it reports.</summary>
public abstract class EngineCmdlet : AsyncCmdlet
{
    private ProgressWriter? progress;
    private EngineSession? session;

    internal EngineSession Session => session ??= new EngineSession(new EngineOptions
    {
        Face = EngineSession.IsAutomation ? "runbook" : "pwsh",
        Progress = progress = new ProgressWriter(this, TimeProvider.System),
        SecretVault = new SecretVault(this).ReadAsync,
    });

    protected override void WorkEnded() => progress?.Complete();

    /// <summary>Does something with one of several applications, and writes an error about it rather than stop at it.</summary>
    private protected async Task EachAsync(string name, Func<string, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(await FindAsync(name), cancellationToken);
        }
        catch (AppException e)
        {
            await WriteErrorAsync(ErrorRecords.From(e, name));
        }
    }

    /// <summary>A name may be the path of a definition, and then counts from where the session stands, which the process does not know.</summary>
    private protected Task<string> FindAsync(string name) =>
        EngineSession.IsPath(name) ? FullPathAsync(name) : Task.FromResult(name);

    private protected Task<string> FullPathAsync(string path) =>
        OnPipelineAsync(() => SessionState.Path.GetUnresolvedProviderPathFromPSPath(path));
}
