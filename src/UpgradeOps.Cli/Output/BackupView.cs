using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace UpgradeOps.Cli.Output;

internal static class BackupView
{
    public static Func<IReadOnlyList<Backup>, IRenderable> At(DateTimeOffset now) => backups => TableView.Of(
        backups,
        "No backup was made yet.",
        ("Backup", b => b.BackupId),
        ("Age", b => Units.Age(now - b.Moment)),
        ("Version", b => b.RunningVersion),
        ("Size", b => Units.Bytes(b.SizeBytes)),
        ("Consistency", b => b.Consistency.ToString()),
        ("Held", b => Seconds(b.HeldSeconds)),
        ("Proved", b => b.Proof.Level.ToString()),
        ("For operation", b => b.OperationId ?? "by hand"),
        ("Where", b => string.Join(", ", b.Stores)),
        ("Retention", Verdict));

    /// <summary>What becomes of each, and why.</summary>
    public static IRenderable Judged(IReadOnlyList<Backup> backups) => TableView.Of(
        backups,
        "There is no backup that it can be told of.",
        ("Backup", b => b.BackupId),
        ("Moment", b => Units.Moment(b.Moment)),
        ("Size", b => Units.Bytes(b.SizeBytes)),
        ("Proved", b => b.Proof.Level.ToString()),
        ("Retention", Verdict));

    public static IRenderable Removed(IReadOnlyList<Backup> backups) => TableView.Of(
        backups,
        "Nothing has expired.",
        ("Removed", b => b.BackupId),
        ("Size", b => Units.Bytes(b.SizeBytes)),
        ("Why", b => string.Join("; ", b.Retention?.Reasons ?? [])));

    public static IRenderable Of(Backup backup) => new Rows(
        TableView.Facts(
            ("Backup", backup.BackupId),
            ("Of", $"{backup.Name} {backup.RunningVersion}".TrimEnd()),
            ("Moment", Units.Moment(backup.Moment)),
            ("Where", $"{backup.Location} ({string.Join(", ", backup.Stores)})"),
            ("Size", Units.Bytes(backup.SizeBytes)),
            ("Consistency", backup.SpreadSeconds > 0 ? $"{backup.Consistency}, {Seconds(backup.SpreadSeconds)} apart" : backup.Consistency.ToString()),
            ("Held", backup.HeldSeconds is null ? "the application went on" : $"{Seconds(backup.HeldSeconds)} in which the application could not write"),
            ("Proved", $"{backup.Proof.Level} {Units.Moment(backup.Proof.At)}".TrimEnd()),
            ("Evidence", string.Join("\n", backup.Proof.Evidence))),
        Text.Empty,
        TableView.Of(
            backup.Files,
            "It holds no file.",
            ("File", f => f.Path),
            ("Of", f => f.Source),
            ("Size", f => Units.Bytes(f.Size)),
            ("Encoding", f => f.Encoding),
            ("SHA-256", f => f.Sha256[..Math.Min(16, f.Sha256.Length)])));

    private static string Verdict(Backup backup) =>
        backup.Retention is { } retention ? $"{(retention.Expired ? "expired" : "kept")}: {string.Join("; ", retention.Reasons)}" : "";

    private static string Seconds(double? seconds) => seconds is { } s ? string.Create(CultureInfo.InvariantCulture, $"{s:0.0} s") : "";
}
