using System.Security.Cryptography;
using UpgradeOps.Integration.Migrations;

namespace UpgradeOps.Integration.Updates;

/// <summary>Asks the live application all the time, and knows every row, every write and every file of it.</summary>
internal sealed class ServiceWatch : IAsyncDisposable
{
    private readonly SqlxService app;
    private readonly HttpLoad load;
    private readonly string process, writes, files, schema;

    private ServiceWatch(SqlxService app, string process, string writes, string schema, string files)
    {
        (this.app, this.process, this.writes, this.schema, this.files) = (app, process, writes, schema, files);
        load = HttpLoad.Start(new Uri(app.Url + "health"), perSecond: 20, timeout: TimeSpan.FromSeconds(20));
    }

    public static async Task<ServiceWatch> StartAsync(SqlxService app) =>
        new(app, await app.ProcessAsync(), await WritesAsync(app), await SchemaAsync(app), Files(app));

    public async Task AssertUntouchedAsync()
    {
        var seen = await load.StopAsync();
        Assert.True(seen is { Failed: 0, TimedOut: 0 } && seen.Ok > 20, seen.ToString());
        Assert.Equal("1.0.0", await app.VersionAsync());
        Assert.Equal(process, await app.ProcessAsync());
        Assert.Equal(schema, await SchemaAsync(app));
        Assert.Equal(writes, await WritesAsync(app));
        Assert.Equal(files, Files(app));
    }

    public ValueTask DisposeAsync() => load.DisposeAsync();

    /// <summary>What the server counted of inserted, updated and deleted rows, and what is there.</summary>
    private static async Task<string> WritesAsync(SqlxService app) =>
        await app.SqlAsync("SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables ORDER BY relname")
        + await app.SqlAsync("SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM threads t") + await app.SqlAsync("SELECT md5(string_agg(m::text, ',' ORDER BY version)) FROM _sqlx_migrations m");

    private static Task<string> SchemaAsync(SqlxService app) =>
        app.SqlAsync("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2");

    private static string Files(SqlxService app)
    {
        var root = app.Service("");
        return string.Join('\n', Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Where(f => !f.StartsWith(Path.Combine(root, "rehearsal"), StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(f => $"{f} {File.GetLastWriteTimeUtc(f):O} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f)))}"));
    }
}
