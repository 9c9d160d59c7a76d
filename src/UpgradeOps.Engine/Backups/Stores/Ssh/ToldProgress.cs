namespace UpgradeOps.Engine.Backups.Stores.Ssh;

/// <summary>Tells how many bytes are there, each once, however often some of them are sent again.</summary>
internal sealed class ToldProgress(Action<long> progress)
{
    private long _done;
    private long _told;

    /// <summary>Counting starts again; nothing is told until it gets further than before.</summary>
    public void BeginAnew() => _done = 0;

    /// <summary>A file is there.</summary>
    public void Finish(long size)
    {
        Reach(size);
        _done += size;
    }

    /// <param name="position">In the file that is sent.</param>
    public void Reach(long position)
    {
        if (_done + position is var all && all <= _told)
            return;
        var more = all - _told;
        // First: whoever is told may break off.
        _told = all;
        progress(more);
    }
}
