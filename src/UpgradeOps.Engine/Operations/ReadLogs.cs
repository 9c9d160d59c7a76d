namespace UpgradeOps.Engine.Operations;

/// <summary>Signature only for now.</summary>
public sealed class ReadLogs(EngineSession session)
{
    private readonly EngineSession _session = session;

    public IAsyncEnumerable<LogLine> RunAsync(string name, int tail, bool follow, CancellationToken cancellationToken) => throw new AppException(ErrorIds.Unexpected, _session + "Not furnished yet.");
}
