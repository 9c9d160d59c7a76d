using System.Text;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Tests.Backups.Fakes;

/// <summary>A server in memory whose dumps look like those of mariadb-dump. Renames happen one by one, and any of them may be the last.</summary>
internal sealed class FakeDatabase(string id = "main", string name = "kmp", Killer? killer = null) : IDatabase
{
    private readonly Killer _killer = killer ?? new Killer();

    public SortedDictionary<string, SortedDictionary<string, List<string>>> Databases { get; } = new() { [name] = [] };

    public string Id => id;

    public string Engine => "mariadb";

    public string Name => name;

    public long SizeBytes { get; set; } = 1000;

    /// <summary>What is cut off the end of a dump, as a broken pipe would.</summary>
    public int CutBytes { get; set; }

    /// <summary>What loading makes of a row; a server may cut or recode it.</summary>
    public Func<string, string> Load { get; set; } = static row => row;

    /// <summary>Of the server and its tools.</summary>
    public Version Version { get; set; } = new(10, 11);

    public SortedDictionary<string, List<string>> Live => Databases[name];

    public Task<DatabaseInfo> CheckAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new DatabaseInfo(Version, Version, SizeBytes));

    /// <summary>What a query gives in a database; asked of the live one, it fails.</summary>
    public Func<string, string, string?> Answer { get; set; } = static (_, _) => throw new NotSupportedException();

    public Task ExecuteScriptAsync(string sql, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<IReadOnlyList<string?>>> QueryAsync(string sql, CancellationToken cancellationToken, string? database = null)
    {
        Assert.NotEqual(name, database ?? name);
        Assert.Contains(database!, Databases.Keys);
        return Task.FromResult<IReadOnlyList<IReadOnlyList<string?>>>([[Answer(sql, database!)]]);
    }

    public async Task DumpAsync(Stream output, CancellationToken cancellationToken, string? database = null)
    {
        var text = new StringBuilder("-- MariaDB dump 10.19\n\n");
        foreach (var (table, rows) in Databases[database ?? name])
        {
            text.Append($"CREATE TABLE `{table}` (`v` text);\n");
            if (rows.Count > 0)
                text.Append($"INSERT INTO `{table}` VALUES\n{string.Join(",\n", rows.Select(r => $"('{r}')"))};\n");
        }

        text.Append("-- Dump completed on 2026-03-01  2:30:00\n");
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        await output.WriteAsync(bytes.AsMemory(0, bytes.Length - CutBytes), cancellationToken);
    }

    public Task VerifyDumpAsync(Stream dump, DumpFormat format, CancellationToken cancellationToken) => throw new NotSupportedException();

    public async Task LoadAsync(Dump dump, string intoDatabase, CancellationToken cancellationToken)
    {
        Assert.DoesNotContain(intoDatabase, Databases.Keys);
        using var reader = new StreamReader(await dump.OpenAsync(cancellationToken));
        var text = await reader.ReadToEndAsync(cancellationToken);
        var tables = new SortedDictionary<string, List<string>>();
        string? current = null;
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith("CREATE TABLE `", StringComparison.Ordinal))
                tables[line.Split('`')[1]] = [];
            else if (line.StartsWith("INSERT INTO `", StringComparison.Ordinal))
                current = line.Split('`')[1];
            else if (line.StartsWith("('", StringComparison.Ordinal))
                tables[current!].Add(Load(line[2..line.LastIndexOf("')", StringComparison.Ordinal)]));
        }

        await _killer.EffectAsync(() => Task.FromResult(Databases[intoDatabase] = tables));
    }

    public async Task SwapAsync(string loaded, string aside, CancellationToken cancellationToken)
    {
        if (!Databases.ContainsKey(loaded) && Databases.ContainsKey(aside))
            return;
        if (Databases.ContainsKey(name))
            await RenameAsync(name, aside);
        await RenameAsync(loaded, name);
    }

    public Task SwapBackAsync(string loaded, string aside, CancellationToken cancellationToken) =>
        Databases.ContainsKey(loaded) && Databases.ContainsKey(name) ? Task.CompletedTask : SwapAsync(aside, loaded, cancellationToken);

    public Task<bool> ExistsAsync(string database, CancellationToken cancellationToken) => Task.FromResult(Databases.ContainsKey(database));

    public Task DropAsync(string database, CancellationToken cancellationToken)
    {
        Assert.NotEqual(name, database);
        return Databases.ContainsKey(database) ? _killer.EffectAsync(() => Task.FromResult(Databases.Remove(database))) : Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<string, long>> CountRowsAsync(string database, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, long>>(Databases[database].ToDictionary(t => t.Key, t => (long)t.Value.Count));

    /// <summary>The tables that have a growing key: the place of a row counts as it.</summary>
    public HashSet<string> Keyed { get; } = [];

    public Task<IReadOnlyDictionary<string, RowMark>> MarkRowsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, RowMark>>(Keyed.ToDictionary(t => t, t => new RowMark("id", Live[t].Count == 0 ? null : Live[t].Count)));

    public Task<IReadOnlyDictionary<string, long>> CountNewerAsync(IReadOnlyDictionary<string, RowMark> marks, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, long>>(
            marks.Where(m => Live.ContainsKey(m.Key)).ToDictionary(m => m.Key, m => Math.Max(0, Live[m.Key].Count - (m.Value.Value ?? 0))));

    public Task<string> DescribeSchemaAsync(CancellationToken cancellationToken, string? database = null) => throw new NotSupportedException();

    private Task RenameAsync(string from, string to) => _killer.EffectAsync(() =>
    {
        Assert.DoesNotContain(to, Databases.Keys);
        Databases[to] = Databases[from];
        return Task.FromResult(Databases.Remove(from));
    });
}
