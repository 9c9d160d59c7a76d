using System.Globalization;
using UpgradeOps.Engine.Backups.Format;

namespace UpgradeOps.Engine.Backups;

/// <summary>Adds up what sources tell, for the one who asked for the backup: which source, how fast, how long yet.</summary>
/// <param name="total">Expected bytes; 0 when unknown.</param>
internal sealed class MakingProgress(BackupRequest request, long total, TimeProvider time)
{
    /// <summary>Before this, a rate says nothing.</summary>
    private static readonly TimeSpan Meaningful = TimeSpan.FromSeconds(1);

    private readonly long _began = time.GetTimestamp();
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
    private void Tell() => request.Progress(_source + Rate(), _done, total > 0 ? Math.Max(total, _done) : null);

    private string Rate()
    {
        var elapsed = time.GetElapsedTime(_began);
        if (elapsed < Meaningful || _done == 0)
            return "";
        var rate = _done / elapsed.TotalSeconds;
        // What is stored differs from what is dumped; near the end the estimate is no estimate any more.
        var left = total > _done ? string.Create(CultureInfo.InvariantCulture, $", {(total - _done) / rate:0} s left") : "";
        return $", {ByteText.Of((long)rate)}/s{left}";
    }
}
