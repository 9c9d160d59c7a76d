using UpgradeOps.Engine.Backups;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Preflight;
using UpgradeOps.Engine.State.Folder;
using UpgradeOps.Engine.Steps;
using UpgradeOps.Engine.Tests.Health;
using UpgradeOps.Engine.Tests.Hosts;

namespace UpgradeOps.Engine.Tests.Preflight;

public sealed class PreflightChecksTests : IDisposable
{
    private const string Health = "health: [ { http: 'http://127.0.0.1:8080/health', version: version } ]";
    private static readonly Deployment Running = new() { Name = "kmp", Artifact = "sha256:1", Instances = [ScriptedApp.New] };
    private readonly TempFolder folder = new();
    private Func<IReadOnlyList<Finding>> platform = () => [];
    private Func<IReadOnlyList<Finding>> backups = () => [];
    private string health = Health;
    private PlatformTarget target = new() { Release = new Release { Name = "kmp", Version = "v1.3.0", Tag = "v1.3.0", Source = "ghcr.io/owner/kmp" } };

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Nothing_is_found_where_all_is_well() => Assert.Empty(await RunAsync(Running));

    [Fact]
    public async Task Findings_of_every_room_are_told()
    {
        platform = () => [Finding(ErrorIds.ComposeServiceMissing)];
        backups = () => [Finding(ErrorIds.DiskTooFull)];

        Assert.Equal([ErrorIds.ComposeServiceMissing, ErrorIds.DiskTooFull], (await RunAsync(Running)).Select(f => f.ErrorId));
    }

    [Fact]
    public async Task A_check_that_cannot_be_made_is_a_blocker_with_its_own_error_and_the_others_go_on()
    {
        platform = () => throw new AppException(ErrorIds.EngineUnreachable, "no socket", "unix:///var/run/docker.sock");
        backups = () => throw new IOException("disk on fire");

        var findings = await RunAsync(Running);

        Assert.All(findings, f => Assert.Equal(FindingSeverity.Blocker, f.Severity));
        Assert.Equal([(ErrorIds.EngineUnreachable, "unix:///var/run/docker.sock"), (ErrorIds.PreflightFailed, "kmp")], findings.Select(f => (f.ErrorId, f.Target)));
        Assert.All(findings, f => Assert.NotNull(f.RecommendedAction));
        Assert.Contains("disk on fire", findings[1].Message);
    }

    [Fact]
    public async Task State_that_cannot_be_written_is_a_blocker()
    {
        var finding = Assert.Single(await RunAsync(Running, folder.Write("file", "not a folder")));

        Assert.Equal((FindingSeverity.Blocker, ErrorIds.StateNotWritable), (finding.Severity, finding.ErrorId));
    }

    [Fact]
    public async Task A_missing_health_check_is_a_warning_that_says_what_to_write()
    {
        health = "";

        var finding = Assert.Single(await RunAsync(Running));

        Assert.Equal((FindingSeverity.Warning, ErrorIds.NoHealthCheck), (finding.Severity, finding.ErrorId));
        Assert.Contains("version: version", finding.RecommendedAction);
    }

    [Fact]
    public async Task A_health_check_without_version_is_worth_knowing()
    {
        health = "health: [ { http: 'http://127.0.0.1:8080/health' } ]";

        Assert.Equal(FindingSeverity.Information, Assert.Single(await RunAsync(Running), f => f.ErrorId == ErrorIds.NoHealthVersion).Severity);
    }

    [Fact]
    public async Task What_does_not_run_is_a_warning_and_what_never_ran_a_blocker()
    {
        var stopped = Assert.Single(await RunAsync(Running with { Instances = [ScriptedApp.Old] }));
        var never = Assert.Single(await RunAsync(new Deployment { Name = "kmp" }));

        Assert.Equal((FindingSeverity.Warning, ErrorIds.NotRunning), (stopped.Severity, stopped.ErrorId));
        Assert.Equal((FindingSeverity.Information, ErrorIds.NotRunning), (never.Severity, never.ErrorId));
    }

    [Fact]
    public async Task A_moving_tag_tells_how_to_pin()
    {
        target = target with { Release = target.Release with { Tag = "latest", Channel = "release" } };

        var finding = Assert.Single(await RunAsync(Running));

        Assert.Equal((FindingSeverity.Information, ErrorIds.MovingTag), (finding.Severity, finding.ErrorId));
        Assert.Contains("Invoke-AppUpdate kmp -Version v1.3.0", finding.RecommendedAction);
    }

    [Theory]
    [InlineData("AzureAutomation/", 1)]
    [InlineData("azureautomation", 1)]
    [InlineData("cloud-shell/1.0", 0)]
    [InlineData(null, 0)]
    public void A_cloud_sandbox_is_told(string? value, int findings) =>
        Assert.Equal(findings, SandboxCheck.Run("kmp", name => name == "AZUREPS_HOST_ENVIRONMENT" ? value : null).Count());

    [Fact]
    public void Every_finding_names_a_catalogued_error()
    {
        foreach (var id in (string[])[ErrorIds.NoHealthCheck, ErrorIds.NoHealthVersion, ErrorIds.NotRunning, ErrorIds.MovingTag, ErrorIds.SandboxLimited, ErrorIds.PreflightFailed, ErrorIds.DiskTooFull])
            Assert.DoesNotContain("See the message", ErrorCatalogue.Find(id)!.DefaultAction);
    }

    private static Finding Finding(string id) => new() { Severity = FindingSeverity.Blocker, ErrorId = id, Target = "x", Message = "y" };

    private async Task<IReadOnlyList<Finding>> RunAsync(Deployment current, string? state = null)
    {
        var definition = ScriptedApp.Definition(health);
        var app = new ScriptedApp { Findings = platform };
        var rooms = new AppRooms
        {
            Definition = definition,
            Options = new EngineOptions(),
            Host = new LocalHost(),
            State = new FolderState("kmp", state ?? folder["state"], TimeProvider.System),
            Platform = app,
            Releases = null!,
            Databases = new Dictionary<string, IDatabase>(),
            Backups = new Backups(backups),
            Writers = null!,
            Schema = null!,
            Migrations = null!,
            Health = app.Probe(health),
        };
        return await PreflightChecks.RunAsync(rooms, current, target, CancellationToken.None);
    }

    private sealed class Backups(Func<IReadOnlyList<Finding>> findings) : IBackups
    {
        public bool Declared => true;

        public string Prefix => "backup";

        public async Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken)
        {
            await Task.Yield();
            return findings();
        }

        public IStep Create(PlannedStep planned) => throw new NotSupportedException();

        public Task<Backup> CreateAsync(BackupRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public CopyTime Copies => CopyTime.Never;

        public Task<IReadOnlyList<Finding>> UploadAsync(string backupId, bool others, Action<string, long, long?> progress, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task FetchAsync(string backupId, Action<string, long, long?> progress, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<BackupListing> ListAsync(bool everywhere, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Backup> GetAsync(string backupId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task RemoveAsync(string backupId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Backup> ProveAsync(string backupId, ProofLevel level, CancellationToken cancellationToken, Action<string, long, long?>? progress = null) => throw new NotSupportedException();

        public Task<Engine.Backups.Restore.RestoreImpact> DescribeRestoreAsync(string backupId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<PlannedStep>> PlanRestoreAsync(string backupId, string? source, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<PlannedStep>> PlanRestoreFileAsync(string path, string? database, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
