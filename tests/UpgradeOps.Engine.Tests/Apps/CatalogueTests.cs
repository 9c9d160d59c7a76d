using UpgradeOps.Engine.Apps;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Tests.Hosts;

namespace UpgradeOps.Engine.Tests.Apps;

public sealed class CatalogueTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_registered_application_is_listed_and_opened_by_its_name()
    {
        var path = folder.Write("apps/kmp.yaml", Definitions.Compose);

        var app = await Catalogue().RegisterAsync(path, force: false, CancellationToken.None);

        Assert.Equal(("kmp", path, "local", "compose", "release"), (app.Name, app.Path, app.Host, app.Platform, Assert.Single(app.Channels)));
        Assert.Equivalent(app, Assert.Single(await Catalogue().ListAsync(CancellationToken.None)), strict: true);
        Assert.Equal("ghcr.io/owner/kmp", (await Catalogue().LoadAsync("kmp", CancellationToken.None)).Releases.Image);
        Assert.Equal("kmp", (await Catalogue().LoadAsync("KMP", CancellationToken.None)).Name);
    }

    [Fact]
    public async Task A_path_needs_no_registration_and_no_catalogue()
    {
        var path = folder.Write("one.yml", Definitions.Compose);

        Assert.Equal("kmp", (await Catalogue().LoadAsync(path, CancellationToken.None)).Name);
        Assert.False(Directory.Exists(Config));
    }

    [Fact]
    public async Task A_name_is_taken_unless_forced()
    {
        var first = folder.Write("a/kmp.yaml", Definitions.Compose);
        var second = folder.Write("b/kmp.yaml", Definitions.Compose);
        await Catalogue().RegisterAsync(first, force: false, CancellationToken.None);
        await Catalogue().RegisterAsync(first, force: false, CancellationToken.None);

        var e = await Assert.ThrowsAsync<AppException>(() => Catalogue().RegisterAsync(second, force: false, CancellationToken.None));
        Assert.Equal((ErrorIds.AppNameTaken, "kmp"), (e.ErrorId, e.Error.Target));
        Assert.Contains(first, e.Message);
        Assert.Equal(first, Assert.Single(await Catalogue().ListAsync(CancellationToken.None)).Path);

        await Catalogue().RegisterAsync(second, force: true, CancellationToken.None);
        Assert.Equal(second, Assert.Single(await Catalogue().ListAsync(CancellationToken.None)).Path);
    }

    [Fact]
    public async Task A_wrong_definition_is_not_registered()
    {
        var path = folder.Write("kmp.yaml", Definitions.Compose.Replace("service: app", "servcie: app"));

        var e = await Assert.ThrowsAsync<AppException>(() => Catalogue().RegisterAsync(path, force: false, CancellationToken.None));
        Assert.Equal(ErrorIds.DefinitionUnknownKey, e.ErrorId);
        Assert.Empty(await Catalogue().ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task An_unregistered_application_is_gone_and_its_definition_is_not()
    {
        var path = folder.Write("kmp.yaml", Definitions.Compose);
        await Catalogue().RegisterAsync(path, force: false, CancellationToken.None);

        Assert.Equal("kmp", (await Catalogue().UnregisterAsync("kmp", CancellationToken.None)).Name);

        Assert.Empty(await Catalogue().ListAsync(CancellationToken.None));
        Assert.True(File.Exists(path));
        Assert.Equal(ErrorIds.AppUnknown, (await Assert.ThrowsAsync<AppException>(() => Catalogue().UnregisterAsync("kmp", CancellationToken.None))).ErrorId);
    }

    [Fact]
    public async Task An_unknown_name_is_compared_with_the_known_ones()
    {
        await Catalogue().RegisterAsync(folder.Write("notes.yaml", Definitions.Service), force: false, CancellationToken.None);

        var e = await Assert.ThrowsAsync<AppException>(() => Catalogue().LoadAsync("ntoes", CancellationToken.None));
        Assert.Equal((ErrorIds.AppUnknown, "ntoes"), (e.ErrorId, e.Error.Target));
        Assert.Contains("Did you mean 'notes'?", e.Message);
        Assert.Contains(Path.Combine(Config, "apps.json"), e.Message);
    }

    [Fact]
    public async Task A_definition_that_went_away_is_still_listed_but_cannot_be_opened()
    {
        var path = folder.Write("kmp.yaml", Definitions.Compose);
        var app = await Catalogue().RegisterAsync(path, force: false, CancellationToken.None);
        File.Delete(path);

        Assert.Equivalent(app, Assert.Single(await Catalogue().ListAsync(CancellationToken.None)), strict: true);
        Assert.Equal(ErrorIds.DefinitionNotFound, (await Assert.ThrowsAsync<AppException>(() => Catalogue().LoadAsync("kmp", CancellationToken.None))).ErrorId);
    }

    [Fact]
    public async Task State_in_a_database_is_found_when_the_definition_is_gone_and_its_password_is_not_written_down()
    {
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "pw"), "hunter2");
        var path = folder.Write("kmp.yaml", Definitions.Compose + $"\nstate: {{ postgresql: {{ address: db, database: ops, user: u, password: 'file:{folder.Path}/pw' }} }}");
        await Catalogue().RegisterAsync(path, force: false, CancellationToken.None);
        var (_, before) = await Catalogue().FindStateAsync("kmp", CancellationToken.None);
        File.Delete(path);

        var (name, after) = await Catalogue().FindStateAsync("kmp", CancellationToken.None);
        Assert.Equal(("kmp", before), (name, after));
        Assert.Equal($"file:{folder.Path}/pw", after!.PostgreSql!.Password);
        Assert.DoesNotContain("hunter2", await File.ReadAllTextAsync(Path.Combine(Config, "apps.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_is_found_when_the_definition_is_gone_or_broken()
    {
        var path = folder.Write("kmp.yaml", Definitions.Compose + "\nstate: { folder: kept }");
        await Catalogue().RegisterAsync(path, force: false, CancellationToken.None);
        var expected = ("kmp", new StateDefinition { Folder = Path.Combine(folder.Path, "kept") });

        Assert.Equal(expected, await Catalogue().FindStateAsync("kmp", CancellationToken.None));
        File.WriteAllText(path, "broken: [");
        Assert.Equal(expected, await Catalogue().FindStateAsync("kmp", CancellationToken.None));
        File.Delete(path);
        Assert.Equal(expected, await Catalogue().FindStateAsync("kmp", CancellationToken.None));
        Assert.Equal(expected, await Catalogue().FindStateAsync(path, CancellationToken.None));

        Assert.Equal(ErrorIds.DefinitionNotFound, (await Assert.ThrowsAsync<AppException>(() => Catalogue().FindStateAsync(path + ".yaml", CancellationToken.None))).ErrorId);
        Assert.Equal(ErrorIds.AppUnknown, (await Assert.ThrowsAsync<AppException>(() => Catalogue().FindStateAsync("other", CancellationToken.None))).ErrorId);
    }

    [Fact]
    public async Task A_name_that_changed_in_the_file_opens_nothing()
    {
        var path = folder.Write("kmp.yaml", Definitions.Compose);
        await Catalogue().RegisterAsync(path, force: false, CancellationToken.None);
        File.WriteAllText(path, Definitions.Compose.Replace("name: kmp\nplatform", "name: other\nplatform"));

        var e = await Assert.ThrowsAsync<AppException>(() => Catalogue().LoadAsync("kmp", CancellationToken.None));
        Assert.Equal(ErrorIds.DefinitionInvalid, e.ErrorId);
        Assert.Contains("'other'", e.Message);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"format\":2,\"apps\":[]}")]
    [InlineData("{\"format\":1,\"apps\":[null]}")]
    [InlineData("{\"format\":1,\"apps\":[{}]}")]
    [InlineData("{\"format\":1,\"apps\":[{\"app\":{\"name\":\"a\",\"path\":\"relative\",\"host\":\"local\",\"platform\":\"compose\"}}]}")]
    [InlineData("")]
    public async Task A_damaged_catalogue_is_told_and_left_as_it_is(string content)
    {
        Directory.CreateDirectory(Config);
        var file = Path.Combine(Config, "apps.json");
        File.WriteAllText(file, content);
        var path = folder.Write("kmp.yaml", Definitions.Compose);

        foreach (var attempt in (Func<Task>[])[() => Catalogue().ListAsync(CancellationToken.None), () => Catalogue().LoadAsync("kmp", CancellationToken.None),
            () => Catalogue().RegisterAsync(path, force: true, CancellationToken.None), () => Catalogue().UnregisterAsync("kmp", CancellationToken.None)])
        {
            var e = await Assert.ThrowsAsync<AppException>(attempt);
            Assert.Equal(ErrorIds.CatalogueDamaged, e.ErrorId);
            Assert.Contains(file, e.Message);
        }

        Assert.Equal(content, File.ReadAllText(file));
    }

    [Fact]
    public async Task Registrations_at_the_same_time_are_all_kept()
    {
        var paths = Enumerable.Range(0, 24).Select(i => folder.Write($"app{i}.yaml", Definitions.Service.Replace("name: notes", $"name: app{i}"))).ToList();

        await Task.WhenAll(paths.Select(p => Task.Run(() => Catalogue().RegisterAsync(p, force: false, CancellationToken.None))));

        Assert.Equal(paths.Order(StringComparer.Ordinal), (await Catalogue().ListAsync(CancellationToken.None)).Select(a => a.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Files_and_folders_are_their_owners_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix file modes");
        await Catalogue().RegisterAsync(folder.Write("kmp.yaml", Definitions.Compose), force: false, CancellationToken.None);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Config));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Config, "apps.json")));
    }

    private string Config => Path.Combine(folder.Path, "config");

    // A new one each time, as in a new process.
    private Catalogue Catalogue() => new(new EngineOptions { ConfigFolder = Config });
}
