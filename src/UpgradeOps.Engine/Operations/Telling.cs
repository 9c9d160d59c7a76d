using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Engine.Operations;

/// <summary>What the rooms tell outside of an operation's steps, passed to the face.</summary>
internal static class Telling
{
    public static Action<string, long, long?> Progress(AppRooms rooms) => (what, done, total) => rooms.Options.Progress.Report(
        new ProgressEvent(ProgressKind.Working, null, what) { BytesDone = done, BytesTotal = total, At = rooms.Options.Time.GetUtcNow() });

    public static void Warn(AppRooms rooms, IEnumerable<Finding> findings)
    {
        foreach (var finding in findings)
            rooms.Options.Progress.Report(new ProgressEvent(ProgressKind.Warning, null, finding.Message) { At = rooms.Options.Time.GetUtcNow() });
    }
}
