using System.Security.Cryptography;
using System.Text.RegularExpressions;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Migrations.Files;

namespace UpgradeOps.Engine.Migrations.Trackers;

/// <summary>sqlx (<c>_sqlx_migrations</c>).</summary>
internal sealed partial class SqlxTracker : Tracker
{
    public override string Tool => "sqlx";

    public override bool Recognises(IReadOnlyList<string> columns) =>
        columns.Contains("version") && columns.Contains("description") && columns.Contains("success") && columns.Contains("checksum") && !columns.Contains("installed_rank");

    public override IReadOnlyList<string> Select(IReadOnlyList<string> columns, SqlDialect sql) =>
        [sql.Name("version"), sql.Name("description"), sql.Name("success"), sql.Name("installed_on"), sql.Hexadecimal(sql.Name("checksum"))];

    public override AppliedMigration Read(IReadOnlyList<string?> row) => new(row[0]!, row[1], !IsTrue(row[2]), Time(row[3]), row[4]?.ToLowerInvariant());

    public override MigrationName? NameOf(string file) => FileName().Match(file) is { Success: true } m
        ? new MigrationName(m.Groups[1].Value, Words(m.Groups[2].Value), m.Groups[3].Value == ".down")
        : null;

    /// <remarks>SHA-384 of the file as it is: other line ends are another migration.</remarks>
    public override string Checksum(ReadOnlySpan<byte> text) => Convert.ToHexString(SHA384.HashData(text)).ToLowerInvariant();

    [GeneratedRegex(@"^([0-9]+)_(.+?)(\.up|\.down)?\.sql$")]
    private static partial Regex FileName();
}
