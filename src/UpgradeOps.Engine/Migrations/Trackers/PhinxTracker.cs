using System.Text.RegularExpressions;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Migrations.Files;

namespace UpgradeOps.Engine.Migrations.Trackers;

/// <summary>Phinx and CakePHP (<c>phinxlog</c>): a migration without an end did not come to it.</summary>
internal sealed partial class PhinxTracker : Tracker
{
    public override string Tool => "Phinx";

    public override bool Recognises(IReadOnlyList<string> columns) =>
        columns.Contains("version") && columns.Contains("migration_name") && columns.Contains("end_time");

    public override IReadOnlyList<string> Select(IReadOnlyList<string> columns, SqlDialect sql) => [sql.Name("version"), sql.Name("migration_name"), sql.Name("end_time")];

    public override AppliedMigration Read(IReadOnlyList<string?> row) =>
        new(row[0]!, row[1], row[2] is null || row[2]!.StartsWith("0000-00-00", StringComparison.Ordinal), Time(row[2]));

    /// <remarks>The file has the class's name in snake case, the table has it as it is written in PHP.</remarks>
    public override MigrationName? NameOf(string file) => FileName().Match(file) is { Success: true } m
        ? new MigrationName(m.Groups[1].Value, string.Concat(m.Groups[2].Value.Split('_').Select(Capital)), m.Groups[3].Value == ".down.sql")
        : null;

    private static string Capital(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];

    [GeneratedRegex(@"^([0-9]{14})_(.+?)(\.php|\.down\.sql)$")]
    private static partial Regex FileName();
}
