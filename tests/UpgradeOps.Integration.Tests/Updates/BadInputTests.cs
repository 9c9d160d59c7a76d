using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Integration.Updates;

/// <summary>Whatever is wrong before an update is told by its ErrorId, target and next step, and the application goes on as it was.</summary>
public sealed class BadInputTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    [Fact]
    public async Task A_tag_that_does_not_exist() =>
        await ExpectAsync(ErrorIds.ReleaseNotFound, "v9.9.9", (_, admin, name) => admin.UpdateAsync(name, version: "v9.9.9"));

    [Fact]
    public async Task A_channel_that_is_not_declared() =>
        await ExpectAsync(ErrorIds.ChannelUnknown, "gamma", (_, admin, name) => admin.UpdateAsync(name, channel: "gamma"));

    [Fact]
    public async Task A_version_that_is_not_newer() => await ExpectAsync(ErrorIds.NotNewer, "v0.9.0", async (_, admin, name) =>
    {
        await registry.Images.PublishAsync(KmpRelease.V100 with { Version = "v0.9.0" });
        return await admin.UpdateAsync(name, version: "v0.9.0");
    });

    [Fact]
    public async Task A_compose_file_that_is_invalid() => await ExpectAsync(ErrorIds.ComposeInvalid, "docker compose config", async (stack, admin, name) =>
    {
        await File.AppendAllTextAsync(stack.ComposeFile, "\nservices: [twice]\n");
        return await admin.UpdateAsync(name, version: "v1.1.0");
    });

    [Fact]
    public async Task An_engine_that_is_not_there() => await ExpectConsoleAsync(
        ErrorIds.EngineUnreachable, new Dictionary<string, string> { ["DOCKER_HOST"] = "unix:///nowhere/docker.sock" });

    [Fact]
    public async Task A_state_folder_that_cannot_be_written() => await ExpectAsync(ErrorIds.StateNotWritable, "state", async (_, admin, name) =>
    {
        await File.WriteAllTextAsync(Path.Combine(admin.StateFolder, name), "a file where the folder should be");
        return await admin.UpdateAsync(name, version: "v1.1.0");
    });

    [Fact]
    public async Task A_wrong_database_password() => await ExpectAsync(
        ErrorIds.DatabaseUnauthorized,
        "refused the user or password",
        async (stack, admin, name) =>
        {
            await File.WriteAllTextAsync(stack.DefinitionPath, (await File.ReadAllTextAsync(stack.DefinitionPath))
                .Replace("env-file:.env#POSTGRES_PASSWORD", "env:UPGRADEOPS_TEST_WRONG_PASSWORD", StringComparison.Ordinal));
            Environment.SetEnvironmentVariable("UPGRADEOPS_TEST_WRONG_PASSWORD", "not the password");
            return await admin.UpdateAsync(name, version: "v1.1.0");
        },
        DatabaseKind.Postgres);

    [Fact]
    public async Task A_journal_of_a_newer_format() => await ExpectAsync(ErrorIds.JournalNewerFormat, "", async (_, admin, name) =>
    {
        var folder = Path.Combine(admin.StateFolder, name, "operations", "20990101T000000000Z-ffff");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "journal.jsonl"), Engine.State.JournalLine.Seal("{\"v\":2,\"event\":\"intend\"}") + "\n");
        return await admin.UpdateAsync(name, version: "v1.1.0");
    });

    [Fact]
    public async Task A_truncated_backup_is_found_before_anything_is_touched()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { Database = DatabaseKind.Postgres });
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);
        await stack.WriteAsync("precious");
        var backup = await new BackupApp(admin.Session).RunAsync(name, CancellationToken.None);
        var file = Path.Combine(backup.Location, backup.Files.First(f => f.Source.StartsWith("database", StringComparison.Ordinal)).Path);
        await using (var stream = new FileStream(file, FileMode.Open))
        {
            stream.SetLength(stream.Length - 10);
        }

        var result = await new RestoreBackup(admin.Session).RunAsync(new RestoreOptions { Name = name, BackupId = backup.BackupId, Force = true }, CancellationToken.None);
        Assert.NotEqual(UpdateStatus.Kept, result.Status);
        Assert.Equal(ErrorIds.BackupDamaged, result.Error!.ErrorId);
        Assert.Equal("precious", await stack.SqlAsync("SELECT note FROM entries"));
        Assert.Equal("v1.0.0", await stack.VersionAsync());
    }

    private async Task ExpectAsync(
        string errorId, string told, Func<KmpStack, Admin, string, Task<UpdateResult>> update, DatabaseKind database = DatabaseKind.None)
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(registry.Images, new KmpStackOptions { Database = database });
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);
        var container = await stack.ContainerAsync();
        Directory.CreateDirectory(admin.StateFolder);

        AppError error;
        try
        {
            var result = await update(stack, admin, name);
            Assert.Equal(UpdateStatus.Refused, result.Status);
            error = result.Error!;
        }
        catch (AppException e)
        {
            error = e.Error;
        }

        Assert.True(error.ErrorId == errorId, $"{error.ErrorId}: {error.Message}");
        Assert.Contains(told, $"{error.Message} {error.Target}", StringComparison.Ordinal);
        Assert.False(string.IsNullOrWhiteSpace(error.RecommendedAction), $"{errorId} does not say what to do next");
        Assert.Equal("v1.0.0", await stack.VersionAsync());
        Assert.Contains(container[..12], await Command.OutputAsync("docker", "ps", "--quiet", "--filter", $"label=com.docker.compose.project={stack.Project}"), StringComparison.Ordinal);
        Assert.DoesNotContain(admin.Journals(name), j => !j.Contains("2099", StringComparison.Ordinal));
    }

    private async Task ExpectConsoleAsync(string errorId, IReadOnlyDictionary<string, string> environment)
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(registry.Images);
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);
        var outcome = await ConsoleProcess.RunAsync(null, environment, ["update", name, "--version", "v1.1.0", "--yes", .. admin.Folders]);
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains(errorId, $"{outcome.Output} {outcome.Error}", StringComparison.Ordinal);
        Assert.Equal("v1.0.0", await stack.VersionAsync());
        Assert.Empty(admin.Journals(name));
    }
}
