using Spectre.Console.Rendering;

namespace UpgradeOps.Cli.Output;

/// <summary>Migrations in their order, a line each.</summary>
internal static class MigrationView
{
    public static IRenderable Of(IReadOnlyList<Migration> all) => TableView.Of(
        all,
        "There are no migrations.",
        ("Version", m => m.Version),
        ("Title", m => m.Title),
        ("State", m => m.State.ToString()),
        ("Applied", m => Units.Moment(m.AppliedAt)),
        ("File", m => m.File),
        ("Taken back by", m => m.DownFile),
        ("Note", m => m.Note));
}
