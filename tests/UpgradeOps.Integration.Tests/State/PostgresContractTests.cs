using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.StateContract;

namespace UpgradeOps.Integration.State;

/// <summary>What every store promises, kept by a PostgreSQL server.</summary>
public sealed class PostgresContractTests : AppStateContract, IClassFixture<StateServer>
{
    private readonly string _schema = StateServer.NewSchema();
    private readonly PostgresServer _server;

    public PostgresContractTests(StateServer fixture)
    {
        Needs.Parts(Part.Postgres);
        _server = fixture.Server;
    }

    private protected override StateDefinition Place => StateServer.Place(_server, _schema);

    private protected override async Task AssertUntouchedAsync() =>
        Assert.Equal("0", await _server.SqlAsync($"SELECT count(*) FROM pg_namespace WHERE nspname = '{_schema}'"));

    private protected override Task SeedRefusalsAsync(IEnumerable<string> lines) => _server.SqlAsync(
        $"INSERT INTO {_schema}.refused (app, line) SELECT app, l.line FROM {_schema}.refused, (VALUES {string.Join(", ", lines.Select((l, i) => $"({i}, '{l}')"))}) l (n, line) ORDER BY l.n");

    private protected override async Task<int> CountRefusalsAsync() => int.Parse(await _server.SqlAsync($"SELECT count(*) FROM {_schema}.refused"));

    private protected override Task PassExpiryAsync() =>
        _server.SqlAsync($"UPDATE {_schema}.app SET expires_at = clock_timestamp() - interval '1 day'");
}
