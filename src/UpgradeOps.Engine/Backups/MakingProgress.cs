namespace UpgradeOps.Engine.Backups;

/// <summary>Adds up what sources tell, for the one who asked for the backup.</summary>
/// <param name="total">Expected bytes; 0 when unknown.</param>
internal sealed class MakingProgress(BackupRequest request, long total)
{
    private string _source = "";
    private long _done;

    public void Begin(string source)
    {
        _source = source;
        Tell();
    }

    public void Add(long bytes)
    {
        _done += bytes;
        Tell();
    }

    // An estimate that is too small would show more than all of it.
    private void Tell() => request.Progress(_source, _done, total > 0 ? Math.Max(total, _done) : null);
}
