using System.Text.RegularExpressions;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Tests.Migrations;

/// <summary>A database that answers from tables of columns and rows; whatever else it is asked is a failure.</summary>
internal sealed class FakeDatabase(string engine) : IDatabase
{
    public Dictionary<string, (string[] Columns, Dictionary<string, string?>[] Rows)> Tables { get; } = [];

    /// <summary>When set, answers every query with one value.</summary>
    public Func<string, string?>? Script { get; init; }

    public string Schema { get; set; } = "table t\n";

    public string Id => "main";

    public string Engine => engine;

    public string Name => "kmp";

    public Task ExecuteScriptAsync(string sql, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<IReadOnlyList<string?>>> QueryAsync(string sql, CancellationToken cancellationToken, string? database = null)
    {
        if (Script is not null)
            return Answer([[Script(sql)]]);
        var dialect = SqlDialect.Of(this);
        if (sql.Contains("information_schema", StringComparison.Ordinal))
        {
            var table = Tables.FirstOrDefault(t => sql.Contains($"table_name = {dialect.Text(t.Key)} ", StringComparison.Ordinal));
            return Answer((table.Value.Columns ?? []).Select(c => new[] { c }));
        }

        var found = Tables.Single(t => sql.EndsWith($" FROM {dialect.Name(t.Key)}", StringComparison.Ordinal)).Value;
        var wanted = Regex.Matches(sql[..sql.LastIndexOf(" FROM ", StringComparison.Ordinal)], "[\"`](\\w+)[\"`]").Select(m => m.Groups[1].Value).ToList();
        return Answer(found.Rows.Select(r => wanted.Select(w => r[w]).ToArray()));
    }

    public Task<string> DescribeSchemaAsync(CancellationToken cancellationToken, string? database = null) => Task.FromResult(Schema);

    public Task<DatabaseInfo> CheckAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task DumpAsync(Stream output, CancellationToken cancellationToken, string? database = null) => throw new NotSupportedException();

    public Task VerifyDumpAsync(Stream dump, DumpFormat format, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task LoadAsync(Dump dump, string intoDatabase, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SwapAsync(string loaded, string aside, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SwapBackAsync(string loaded, string aside, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> ExistsAsync(string database, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task DropAsync(string database, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, long>> CountRowsAsync(string database, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, RowMark>> MarkRowsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, long>> CountNewerAsync(IReadOnlyDictionary<string, RowMark> marks, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private static Task<IReadOnlyList<IReadOnlyList<string?>>> Answer(IEnumerable<string?[]> rows) =>
        Task.FromResult<IReadOnlyList<IReadOnlyList<string?>>>(rows.ToList<IReadOnlyList<string?>>());
}
