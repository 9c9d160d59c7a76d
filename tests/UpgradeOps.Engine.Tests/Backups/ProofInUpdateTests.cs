using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Tests.Backups.Fakes;
using UpgradeOps.Engine.Updates.Planning;

namespace UpgradeOps.Engine.Tests.Backups;

/// <summary>The proof as a step of an update, and the definition's questions to a restored copy.</summary>
public sealed class ProofInUpdateTests
{
    private const string Query = "SELECT COUNT(*) FROM members";

    [Theory]
    [InlineData(ProofLevel.None)]
    [InlineData(ProofLevel.Checksum)]
    [InlineData(ProofLevel.Structure)]
    [InlineData(ProofLevel.Restore)]
    public async Task A_plan_proves_as_far_as_it_says_and_the_evidence_is_recorded(ProofLevel level)
    {
        using var app = new TestApp();
        var plan = BackupSteps.Plan(quiesced: false, new PlanEndpoint { Version = "v1" }, proof: level);
        var operation = new FakeOperation(app.Room(), plan);
        await operation.RunAsync();
        var backup = Assert.Single((await app.Room().ListAsync(everywhere: true, default)).Backups);
        if (level == ProofLevel.None)
        {
            Assert.Single(plan);
            return;
        }

        Assert.Equal(level, backup.Proof.Level);
        var recorded = EngineJson.Read<BackupProof>(operation.Context(operation.Plan[1]).Outputs["proof"], ErrorIds.JournalDamaged, "test");
        Assert.Equal(backup.Proof.Evidence, recorded.Evidence);
        Assert.Equal(level == ProofLevel.Restore, recorded.Evidence.Any(e => e.Contains("scratch database", StringComparison.Ordinal)));
        Assert.Equal(["kmp"], app.Database.Databases.Keys);
    }

    [Theory]
    [InlineData("5", true)]
    [InlineData("t", true)]
    [InlineData("members", true)]
    [InlineData("0", false)]
    [InlineData("f", false)]
    [InlineData("FALSE", false)]
    [InlineData(" ", false)]
    [InlineData(null, false)]
    public async Task A_restored_copy_must_answer_the_definitions_queries_with_something_true(string? answer, bool passes)
    {
        using var app = WithQuery();
        app.Database.Answer = (sql, _) => sql == Query ? answer : throw new ArgumentException(sql);
        var backup = await app.BackUpAsync();
        if (passes)
        {
            var proved = await app.Room().ProveAsync(backup.BackupId, ProofLevel.Restore, default);
            Assert.Contains($"main: {Query} answers {answer}", proved.Proof.Evidence);
        }
        else
        {
            var error = await Assert.ThrowsAsync<AppException>(() => app.Room().ProveAsync(backup.BackupId, ProofLevel.Restore, default));
            Assert.Equal((ErrorIds.BackupProofFailed, "databases.main.validate[0]"), (error.ErrorId, error.Error.Target));
            Assert.Contains(Query, error.Message, StringComparison.Ordinal);
            Assert.Equal(ProofLevel.Checksum, (await app.Room().GetAsync(backup.BackupId, default)).Proof.Level);
        }

        Assert.Equal(["kmp"], app.Database.Databases.Keys);
    }

    [Fact]
    public async Task A_query_that_cannot_be_run_fails_the_proof_with_its_place()
    {
        using var app = WithQuery();
        app.Database.Answer = (_, _) => throw new AppException(ErrorIds.DatabaseToolFailed, "no such table.", "kmp");
        var backup = await app.BackUpAsync();
        var error = await Assert.ThrowsAsync<AppException>(() => app.Room().ProveAsync(backup.BackupId, ProofLevel.Restore, default));
        Assert.Equal(ErrorIds.BackupProofFailed, error.ErrorId);
        Assert.Contains("validate[0]", error.Message, StringComparison.Ordinal);
        Assert.Contains("no such table", error.Message, StringComparison.Ordinal);
        Assert.Equal(["kmp"], app.Database.Databases.Keys);
    }

    [Fact]
    public async Task A_proof_that_was_killed_leaves_no_scratch_database_once_the_update_is_taken_back()
    {
        using var app = new TestApp();
        var plan = BackupSteps.Plan(quiesced: false, new PlanEndpoint { Version = "v1" }, proof: ProofLevel.Restore);
        for (var at = 1; ; at++)
        {
            app.Killer.Rearm(at);
            var operation = new FakeOperation(app.Room(), plan, app.Killer);
            try
            {
                await operation.RunAsync();
                break;
            }
            catch (Killed)
            {
                app.Killer.Rearm(0);
                await operation.UndoAsync();
                Assert.Equal(["kmp"], app.Database.Databases.Keys);
            }
        }

        Assert.Equal(["kmp"], app.Database.Databases.Keys);
    }

    private static TestApp WithQuery()
    {
        var app = new TestApp();
        app.Definition = app.Definition with
        {
            Databases = app.Definition.Databases.ToDictionary(d => d.Key, d => d.Value with { Validate = [Query] }),
        };
        return app;
    }
}
