using System.Globalization;
using System.Text.RegularExpressions;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Migrations.Files;

namespace UpgradeOps.Engine.Migrations.Trackers;

/// <summary>Flyway (<c>flyway_schema_history</c>).</summary>
internal sealed partial class FlywayTracker : Tracker
{
    public override string Tool => "Flyway";

    public override bool Recognises(IReadOnlyList<string> columns) =>
        columns.Contains("installed_rank") && columns.Contains("script") && columns.Contains("success");

    public override IReadOnlyList<string> Select(IReadOnlyList<string> columns, SqlDialect sql) =>
        new[] { "version", "script", "description", "success", "installed_on", "checksum", "type" }.Select(sql.Name).ToList();

    /// <remarks>A repeatable migration has no version: its script stands for it. The tool's own marks are no migrations.</remarks>
    public override AppliedMigration? Read(IReadOnlyList<string?> row) => row[6] is "SCHEMA" or "BASELINE" or "DELETE"
        ? null
        : new AppliedMigration(row[0] ?? row[1]!, row[2], !IsTrue(row[3]), Time(row[4]), row[5]);

    /// <remarks>V is a version, U takes it back, R is repeated when its text changes; a version's underscores are dots.</remarks>
    public override MigrationName? NameOf(string file) => FileName().Match(file) is not { Success: true } m ? null
        : m.Groups[1].Value == "R" ? new MigrationName(file, Words(m.Groups[3].Value), IsRepeatable: true)
        : m.Groups[2].Value.Length == 0 ? null
        : new MigrationName(m.Groups[2].Value.Replace('_', '.'), Words(m.Groups[3].Value), m.Groups[1].Value == "U");

    /// <remarks>CRC-32 over the lines without their ends, as a signed number; a byte order mark does not count.</remarks>
    public override string Checksum(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("\uFEFF"u8))
            text = text[3..];
        var sum = 0u;
        while (text.Length > 0)
        {
            var end = text.IndexOfAny((byte)'\r', (byte)'\n');
            sum = Crc32.Of(end < 0 ? text : text[..end], sum);
            text = end < 0 ? [] : text[(end + 1)..];
        }

        return ((int)sum).ToString(CultureInfo.InvariantCulture);
    }

    public override string Forget(TrackerTable table, AppliedMigration migration, AppliedMigration? before, SqlDialect sql) =>
        $"DELETE FROM {table.Name} WHERE {sql.Name("version")} = {sql.Text(migration.Version)}";

    [GeneratedRegex(@"^([VUR])([0-9]+(?:[._][0-9]+)*)?__(.+)\.sql$")]
    private static partial Regex FileName();
}
