using System.Text.RegularExpressions;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.State;
using UpgradeOps.Engine.State.PostgreSql;

namespace UpgradeOps.Integration.State;

/// <summary>How the schema is made and upgraded, what a role must be granted, and what a server that refuses is told to be.</summary>
public sealed class PostgresSchemaTests : IClassFixture<StateServer>
{
    private const string Password = "r'unner pass";
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly string _schema = StateServer.NewSchema();
    private readonly PostgresServer _server;

    public PostgresSchemaTests(StateServer fixture)
    {
        Needs.Parts(Part.Postgres);
        _server = fixture.Server;
    }

    [Fact]
    public async Task Runners_that_upgrade_at_once_do_it_once_and_an_older_one_then_refuses()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => WorkAsync($"app{i}", SchemaSteps.All)));
        string[] newer = [.. SchemaSteps.All, "ALTER TABLE $schema.app ADD COLUMN colour text NOT NULL DEFAULT 'blue'; SELECT pg_sleep(0.2);"];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => WorkAsync($"app{i}", newer)));
        Assert.Equal("1\n2\n3", await _server.SqlAsync($"SELECT version FROM {_schema}.version ORDER BY 1"));
        Assert.Equal("8", await _server.SqlAsync($"SELECT count(*) FROM {_schema}.journal WHERE line LIKE '%3%'"));

        var error = await Assert.ThrowsAsync<AppException>(() => WorkAsync("app0", SchemaSteps.All));
        Assert.Equal(ErrorIds.StateNewerFormat, error.ErrorId);
    }

    [Fact]
    public async Task A_step_that_fails_leaves_the_version_before()
    {
        await WorkAsync("app", SchemaSteps.All);
        await Assert.ThrowsAsync<AppException>(() => WorkAsync("app", [.. SchemaSteps.All, "ALTER TABLE $schema.app ADD COLUMN half text; SELECT 1 / 0;"]));
        Assert.Equal("0", await _server.SqlAsync($"SELECT count(*) FROM pg_attribute WHERE attrelid = '{_schema}.app'::regclass AND attname = 'half'"));
        await WorkAsync("app", SchemaSteps.All);
    }

    [Theory]
    [InlineData("may create")]
    [InlineData("own schema")]
    [InlineData("only work")]
    public async Task The_documented_grants_are_enough_to_work(string grants)
    {
        var role = await RoleAsync();
        try
        {
            if (grants == "only work")
            {
                await Open(Administrator).TakeLeaseAsync("make it", None).ContinueWith(async l => await (await l).DisposeAsync()).Unwrap();
            }

            var state = Open(role);
            if (grants != "own schema")
            {
                Assert.Equal(ErrorIds.StateNotWritable, (await Assert.ThrowsAsync<AppException>(() => state.CheckWritableAsync(None))).ErrorId);
            }

            Assert.Equal(ErrorIds.StateNotWritable, (await Assert.ThrowsAsync<AppException>(() => state.TakeLeaseAsync("x", None))).ErrorId);
            await GrantAsync(grants, role.User);

            await state.CheckWritableAsync(None);
            await using var lease = await state.TakeLeaseAsync("work", None);
            await state.AppendJournalAsync(lease, "op", Line(1), None);
            await state.KeepFileAsync(lease, "op", "file", "x"u8.ToArray(), None);
            await state.ChangeAsync(lease, m => m with { Channel = "beta" }, None);
            await state.NoteRefusalAsync(Line(7), None);
            Assert.Equal([Line(7)], await state.ReadRefusalsAsync(None));
            await Open(role).BreakLeaseAsync(force: true, None);
            if (grants == "only work")
            {
                await Assert.ThrowsAsync<InvalidOperationException>(() => _server.SqlAsync(role.User, Password, $"DELETE FROM {_schema}.journal"));
                await Assert.ThrowsAsync<InvalidOperationException>(() => _server.SqlAsync(role.User, Password, $"DELETE FROM {_schema}.refused"));
                await Assert.ThrowsAsync<InvalidOperationException>(() => _server.SqlAsync(role.User, Password, $"UPDATE {_schema}.journal SET line = ''"));
            }
        }
        finally
        {
            await DropAsync(role.User);
        }
    }

    [Fact]
    public async Task A_role_that_may_only_look_sees_everything_and_changes_nothing()
    {
        await using var lease = await Open(Administrator).TakeLeaseAsync("work", None);
        await Open(Administrator).AppendJournalAsync(lease, "op", Line(1), None);
        var role = await RoleAsync();
        try
        {
            await GrantAsync("only look", role.User);
            var state = Open(role);
            Assert.True((await state.ReadLeaseAsync(None))!.OwnerAlive);
            Assert.Equal([Line(1)], await state.ReadJournalAsync("op", None));
            Assert.Empty(await state.ReadRefusalsAsync(None));
            Assert.Equal(ErrorIds.StateNotWritable, (await Assert.ThrowsAsync<AppException>(() => state.CheckWritableAsync(None))).ErrorId);
            Assert.Equal(ErrorIds.StateNotWritable, (await Assert.ThrowsAsync<AppException>(() => state.BreakLeaseAsync(force: true, None))).ErrorId);
        }
        finally
        {
            await DropAsync(role.User);
        }
    }

    [Fact]
    public async Task What_the_server_refuses_is_told_without_the_password()
    {
        var wrong = Path.Combine(Path.GetTempPath(), $"{_schema}-password");
        await File.WriteAllTextAsync(wrong, "wr0ng-s3cret");
        try
        {
            var error = await FailsAsync(ErrorIds.StateUnauthorized, Administrator with { Password = $"file:{wrong}" });
            Assert.DoesNotContain("wr0ng", error.ToString(), StringComparison.Ordinal);
            await FailsAsync(ErrorIds.SecretNotFound, Administrator with { Password = "env:THERE_IS_NO_SUCH_VARIABLE" });
            await FailsAsync(ErrorIds.StateUnreachable, Administrator with { Database = "nowhere" });
            await FailsAsync(ErrorIds.StateUnreachable, Administrator with { Port = FreePort.Next() });
        }
        finally
        {
            File.Delete(wrong);
        }
    }

    [Fact]
    public async Task A_certificate_is_verified_unless_the_address_is_a_loopback_one_or_it_is_declared_off()
    {
        var error = await FailsAsync(ErrorIds.StateUnreachable, Administrator with { Tls = "verify" });
        Assert.Contains("certificate", error.Message, StringComparison.Ordinal);
        Assert.Contains("certificateAuthority", error.Error.RecommendedAction, StringComparison.Ordinal);
        Assert.Null(await Open(Administrator with { Tls = "verify", CertificateAuthority = _server.AuthorityFile }).ReadLeaseAsync(None));
        Assert.Null(await Open(Administrator with { Tls = "off" }).ReadLeaseAsync(None));

        // Not a loopback address: verified without a word.
        var address = (await Command.OutputAsync("hostname", "-I")).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).First(a => a.Contains('.'));
        await FailsAsync(ErrorIds.StateUnreachable, Administrator with { Address = address });
        // Its name is not in the certificate, whoever signed it.
        await FailsAsync(ErrorIds.StateUnreachable, Administrator with { Address = address, CertificateAuthority = _server.AuthorityFile });
        Assert.Null(await Open(Administrator with { Address = address, Tls = "off" }).ReadLeaseAsync(None));
    }

    private PostgreSqlStateDefinition Administrator => StateServer.Place(_server, _schema).PostgreSql!;

    private static IAppState Open(PostgreSqlStateDefinition place) =>
        new EngineSession(new EngineOptions()).OpenState("demo", new StateDefinition { PostgreSql = place });

    private static async Task<AppException> FailsAsync(string errorId, PostgreSqlStateDefinition place)
    {
        var error = await Assert.ThrowsAsync<AppException>(() => Open(place).ReadLeaseAsync(None));
        Assert.Equal((errorId, error.Message), (error.ErrorId, error.Message));
        return error;
    }

    private async Task WorkAsync(string name, IReadOnlyList<string> steps)
    {
        var state = new PostgresState(name, PostgresPlace.Of(Administrator, new EngineOptions()), TimeProvider.System, steps);
        await using var lease = await state.TakeLeaseAsync("work", None);
        await state.AppendJournalAsync(lease, "op", Line(steps.Count), None);
    }

    private async Task<PostgreSqlStateDefinition> RoleAsync()
    {
        var role = $"r_{Guid.NewGuid():N}";
        await _server.SqlAsync($"CREATE ROLE {role} LOGIN PASSWORD '{Password.Replace("'", "''")}'");
        Environment.SetEnvironmentVariable(role, Password);
        return Administrator with { User = role, Password = $"env:{role}" };
    }

    /// <summary>Runs the statements as docs/state.md prints them.</summary>
    private async Task GrantAsync(string title, string role)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "state.md"));
        var block = Regex.Match(page, $"```sql\n-- grants: {title}\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        Assert.NotEmpty(block);
        await _server.SqlAsync(block.Replace(":database", "postgres").Replace(":schema", _schema).Replace(":runner", role));
    }

    private async Task DropAsync(string role)
    {
        await _server.SqlAsync($"DROP SCHEMA IF EXISTS {_schema} CASCADE; DROP OWNED BY {role}; DROP ROLE {role}");
        Environment.SetEnvironmentVariable(role, null);
    }

    private static string Line(int number) => JournalLine.Seal($$"""{"seq":{{number}}}""");
}
