using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Integration.Updates;

/// <summary>An update whose backup is restored into a scratch database of the real server before anything is changed.</summary>
public sealed class ProvedUpdateTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    [Theory]
    [InlineData(DatabaseKind.Postgres, "SELECT COUNT(*) FROM pg_database WHERE datname NOT IN ('kmp', 'postgres', 'template0', 'template1')")]
    [InlineData(DatabaseKind.MariaDb, "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name LIKE '%proof%'")]
    public async Task A_failed_proof_stops_it_before_anything_is_changed_and_a_good_one_is_in_its_result(DatabaseKind database, string leftovers)
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { Database = database });
        await stack.WriteAsync("one");
        await stack.WriteAsync("two");
        var definition = await File.ReadAllTextAsync(stack.DefinitionPath);
        await WriteAsync("SELECT COUNT(*) > 2 FROM entries");
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);
        var container = await stack.ContainerAsync();

        var stopped = await admin.UpdateAsync(name, version: "v1.3.0");
        Assert.True((stopped.Status, stopped.Error?.ErrorId) == (UpdateStatus.Undone, ErrorIds.BackupProofFailed), Outcomes.Describe(stopped));
        Assert.Contains("databases.main.validate[0]", stopped.Error!.Message, StringComparison.Ordinal);
        Assert.Null(stopped.Proof);
        Assert.Equal(("v1.0.0", container), (await stack.VersionAsync(), await stack.ContainerAsync()));
        Assert.Equal("0", await stack.SqlAsync(leftovers));

        await WriteAsync("SELECT COUNT(*) = 2 FROM entries");
        var kept = await admin.UpdateAsync(name, version: "v1.3.0", force: true);
        Assert.True(kept.Status == UpdateStatus.Kept, Outcomes.Describe(kept));
        Assert.Equal(ProofLevel.Restore, kept.Proof?.Level);
        Assert.Contains(kept.Proof!.Evidence, e => e.Contains("restored into a scratch database", StringComparison.Ordinal) && e.EndsWith("as counted in the dump", StringComparison.Ordinal));
        Assert.Contains(kept.Proof.Evidence, e => e.StartsWith("main: SELECT COUNT(*) = 2 FROM entries answers ", StringComparison.Ordinal));
        Assert.Equal(kept.Proof.Evidence, (await new GetHistory(admin.Session).RunAsync(name, CancellationToken.None))[0].Proof?.Evidence);
        Assert.Equal("0", await stack.SqlAsync(leftovers));

        Task WriteAsync(string query) => File.WriteAllTextAsync(
            stack.DefinitionPath,
            definition.Replace("backups: [", "prove: restore\nbackups: [", StringComparison.Ordinal).Replace("name: kmp, user:", $"name: kmp, validate: [\"{query}\"], user:", StringComparison.Ordinal));
    }
}
