using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using UpgradeOps.Engine.Backups;

namespace UpgradeOps.Integration.Stores;

/// <summary>The policy that docs/backups.md gives for a bucket, put in force by a server: it is enough, and no right of it can be left out.</summary>
public sealed class S3PolicyTests : IAsyncLifetime
{
    private const string Bucket = "policy-backups";

    private static readonly CancellationToken Token = CancellationToken.None;

    private S3Server? _server;
    private SigningS3? _front;

    public async ValueTask InitializeAsync()
    {
        if (Require.Has(Part.S3))
            _front = await SigningS3.StartAsync(_server = await S3Server.StartAsync(Bucket, "another-bucket"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_front is not null)
            await _front.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Fact]
    public async Task It_is_enough_to_back_up_to_list_to_prove_elsewhere_to_go_on_after_a_cut_and_to_remove()
    {
        Needs.Parts(Part.S3);
        using var app = new FolderApp(_front!.Endpoint, Bucket);
        app.Fill("large.bin", 20 << 20);
        app.Keys = await UserAsync(await PolicyAsync());

        await BeginAndAbandonAsync(app);
        var backup = await GoOnAsync(app);
        Assert.Equal(["local", "s3"], backup.Stores);
        var elsewhere = app.Other("elsewhere");
        var (found, findings) = await app.Room(elsewhere).ListAsync(everywhere: true, Token);
        Assert.Empty(findings);
        Assert.Equal(["s3"], Assert.Single(found).Stores);
        Assert.Equal(ProofLevel.Structure, (await app.Room(elsewhere).ProveAsync(backup.BackupId, ProofLevel.Structure, Token)).Proof.Level);
        await app.Room().RemoveAsync(backup.BackupId, Token);
        Assert.Empty(await app.Store().ListAsync(Token));
    }

    [Theory]
    [InlineData("s3:ListBucket")]
    [InlineData("s3:ListBucketMultipartUploads")]
    [InlineData("s3:PutObject")]
    [InlineData("s3:GetObject")]
    [InlineData("s3:DeleteObject")]
    [InlineData("s3:AbortMultipartUpload")]
    [InlineData("s3:ListMultipartUploadParts")]
    public async Task Without_one_of_its_rights_somebody_is_told_that_they_may_not(string right)
    {
        Needs.Parts(Part.S3);
        using var app = new FolderApp(_front!.Endpoint, Bucket);
        app.Fill("large.bin", 20 << 20);
        app.Keys = await UserAsync(await PolicyAsync());
        await BeginAndAbandonAsync(app);
        app.Keys = await UserAsync((await PolicyAsync()).Replace($"\"{right}\"", "\"s3:GetBucketTagging\"", StringComparison.Ordinal));

        var error = await Assert.ThrowsAsync<AppException>(async () =>
        {
            // The second begun upload is one that no backup goes on with: it is removed with the backup.
            var backup = await GoOnAsync(app);
            await app.Store().ListAsync(Token);
            await BeginAndAbandonAsync(app, "20260301T020000000Z-0002");
            await app.Store().RemoveAsync("20260301T020000000Z-0002", Token);
            await app.Room().RemoveAsync(backup.BackupId, Token);
        });

        Assert.Equal(ErrorIds.StoreUnauthorized, error.ErrorId);
        Assert.Contains(Bucket, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("another-bucket", "night")]
    [InlineData(Bucket, "day")]
    public async Task It_leads_nowhere_else(string bucket, string prefix)
    {
        Needs.Parts(Part.S3);
        using var app = new FolderApp(_front!.Endpoint, bucket, place => place with { Prefix = prefix });
        app.Fill("small.bin", 1000);
        app.Keys = await UserAsync(await PolicyAsync());
        Assert.Equal(ErrorIds.StoreUnauthorized, (await Assert.ThrowsAsync<AppException>(() => app.BackUpAsync())).ErrorId);
    }

    [Fact]
    public async Task A_wrong_key_is_told_as_such()
    {
        Needs.Parts(Part.S3);
        using var app = new FolderApp(_server!.Endpoint, Bucket);
        app.Fill("small.bin", 1000);
        var (access, secret) = await UserAsync(await PolicyAsync());
        foreach (var keys in new[] { (access, secret[..^1] + "x"), ("AKIANOBODY", secret) })
        {
            // Straight to the server: whoever stands in front of it would sign for the first.
            app.Keys = keys;
            Assert.Equal(ErrorIds.StoreUnauthorized, (await Assert.ThrowsAsync<AppException>(() => app.BackUpAsync())).ErrorId);
        }
    }

    /// <summary>As the page has it, for this bucket and prefix.</summary>
    private static async Task<string> PolicyAsync()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "backups.md"), Token);
        var policy = Regex.Match(page, "```json\n(\\{\\s*\"Version\": \"2012-10-17\".*?)```", RegexOptions.Singleline).Groups[1].Value;
        Assert.NotNull(JsonNode.Parse(policy));
        return policy.Replace("example-backups", Bucket, StringComparison.Ordinal).Replace("production", "night", StringComparison.Ordinal);
    }

    private async Task<(string AccessKey, string SecretKey)> UserAsync(string policy)
    {
        var user = await _server!.RestrictAsync(policy);
        _front!.Know(user);
        return user;
    }

    private static async Task<Backup> GoOnAsync(FolderApp app)
    {
        await app.Room().UploadAsync(FolderApp.Id, others: false, static (_, _, _) => { }, Token);
        return await app.Room().GetAsync(FolderApp.Id, Token);
    }

    /// <summary>An upload of the large file that was cut after its first part.</summary>
    private static async Task BeginAndAbandonAsync(FolderApp app, string id = FolderApp.Id)
    {
        await app.Room().CreateAsync(new BackupRequest { BackupId = id }, Token);
        using var cut = new CancellationTokenSource();
        await Record.ExceptionAsync(() => app.Room().UploadAsync(id, others: false, (_, _, _) => cut.Cancel(), cut.Token));
    }
}
