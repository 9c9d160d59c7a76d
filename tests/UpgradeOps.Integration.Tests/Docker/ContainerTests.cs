using System.Formats.Tar;
using System.Text;
using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Integration.Docker;

public sealed class ContainerTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DockerClient Client => engine.Client;

    [Fact]
    public async Task The_engine_tells_what_it_is()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        await Client.PingAsync(Token);
        var version = await Client.GetVersionAsync(Token);
        var info = await Client.GetInfoAsync(Token);
        Assert.Equal(version.Version, info.ServerVersion);
        Assert.Equal("linux", version.Os);
        Assert.True(Directory.Exists(info.DockerRootDir));
    }

    [Fact]
    public async Task A_container_lives_from_created_to_removed()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        var id = await engine.CreateAsync("echo out; echo err >&2; trap 'exit 5' TERM; while :; do sleep 1 & wait $!; done");
        Assert.Equal("created", (await Client.InspectContainerAsync(id, Token))!.State.Status);

        await Client.StartContainerAsync(id, Token);
        await Client.StartContainerAsync(id, Token);
        var running = (await Client.InspectContainerAsync(id, Token))!;
        Assert.True(running.State.Running);
        Assert.Contains(await Client.ListContainersAsync(["upgradeops.test"], Token), c => c.Id == id && c.State == "running" && c.ImageID == running.Image);
        Assert.NotEmpty(running.NetworkSettings.Networks!.Values.Single().IPAddress!);

        var wait = Client.WaitContainerAsync(id, Token);
        await Client.StopContainerAsync(id, TimeSpan.FromSeconds(8), Token);
        await Client.StopContainerAsync(id, null, Token);
        Assert.Equal(5, await wait);

        var lines = await Client.ReadLogsAsync(running, null, follow: false, Token).ToListAsync(Token);
        Assert.Contains(lines, l => l is { Text: "out", IsError: false, At: not null });
        Assert.Contains(lines, l => l is { Text: "err", IsError: true });

        await Client.RenameContainerAsync(id, $"renamed-{id[..12]}", Token);
        Assert.Equal(id, (await Client.InspectContainerAsync($"renamed-{id[..12]}", Token))!.Id);
        await Client.RemoveContainerAsync(id, withVolumes: true, Token);
        await Client.RemoveContainerAsync(id, withVolumes: true, Token);
        Assert.Null(await Client.InspectContainerAsync(id, Token));
        Assert.Null(await Client.InspectContainerJsonAsync(id, Token));
    }

    [Fact]
    public async Task The_exit_code_of_one_that_runs_again_is_known()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        var id = await engine.CreateAsync("[ -e /tmp/again ] && exec sleep 60; touch /tmp/again; exit 7");
        await Client.SetRestartPolicyAsync(id, new RestartPolicy("on-failure", 3), Token);
        await Client.StartContainerAsync(id, Token);
        ContainerDetails? now = null;
        await Until.TrueAsync(
            async () => (now = await Client.InspectContainerAsync(id, Token)) is { RestartCount: 1, State: { Running: true, Status: "running" } },
            TimeSpan.FromSeconds(60),
            "it was started again");
        Assert.Equal(0, now!.State.ExitCode);
        Assert.Equal(7, await Client.FindLastExitCodeAsync(now, Token));
    }

    [Fact]
    public async Task Logs_are_followed_until_the_container_ends()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        var id = await engine.CreateAsync("for i in 1 2 3 4 5; do echo line $i; sleep 0.1; done");
        await Client.StartContainerAsync(id, Token);
        var container = (await Client.InspectContainerAsync(id, Token))!;
        var lines = await Client.ReadLogsAsync(container, null, follow: true, Token).Select(l => l.Text).ToListAsync(Token);
        Assert.Equal(["line 1", "line 2", "line 3", "line 4", "line 5"], lines);
        Assert.Equal(["line 5"], await Client.ReadLogsAsync(container, 1, follow: false, Token).Select(l => l.Text).ToListAsync(Token));
    }

    [Fact]
    public async Task Files_of_a_volume_come_and_go_as_tar_through_a_container_that_never_runs()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        var volume = await Client.CreateVolumeAsync(new VolumeSpec($"upgradeops-{Guid.NewGuid():N}"), Token);
        try
        {
            var id = await Client.CreateContainerAsync(null, new ContainerSpec
            {
                Image = engine.Image,
                Labels = new() { ["upgradeops.test"] = engine.Registry.Host },
                HostConfig = new() { Mounts = [new MountSpec("volume", volume.Name, "/data", false)], NetworkMode = "none" },
            }, Token);
            Assert.Contains(await Client.ListContainersByVolumeAsync(volume.Name, Token), c => c.Id == id);

            using var tar = new MemoryStream();
            await using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
                await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "späte datei") { DataStream = new MemoryStream("inhalt"u8.ToArray()), Uid = 33, Mode = UnixFileMode.UserRead }, Token);
            tar.Position = 0;
            await Client.PutArchiveAsync(id, "/data", tar, Token);

            using var back = new MemoryStream();
            await Client.GetArchiveAsync(id, "/data", back, Token);
            back.Position = 0;
            await using var reader = new TarReader(back);
            var entries = new List<TarEntry>();
            while (await reader.GetNextEntryAsync(copyData: true, Token) is { } entry)
                entries.Add(entry);
            var file = Assert.Single(entries, e => e.EntryType == TarEntryType.RegularFile);
            Assert.Equal(("data/späte datei", 33, UnixFileMode.UserRead), (file.Name, file.Uid, file.Mode));
            Assert.Equal("inhalt", await new StreamReader(file.DataStream!, Encoding.UTF8).ReadToEndAsync(Token));

            var missing = await Assert.ThrowsAsync<AppException>(() => Client.GetArchiveAsync(id, "/nowhere", Stream.Null, Token));
            Assert.Equal(ErrorIds.EngineFailed, missing.ErrorId);
            await Client.RemoveContainerAsync(id, withVolumes: true, Token);
            Assert.NotNull(await Client.InspectVolumeAsync(volume.Name, Token));
        }
        finally
        {
            await Client.RemoveVolumeAsync(volume.Name, Token);
        }

        Assert.Null(await Client.InspectVolumeAsync(volume.Name, Token));
        await Client.RemoveVolumeAsync(volume.Name, Token);
    }

    [Fact]
    public async Task The_engines_own_words_are_passed_on()
    {
        Needs.Parts(Part.Docker, Part.Registry, Part.Compiler);
        var name = await Assert.ThrowsAsync<AppException>(() => Client.CreateContainerAsync("bad/name", new ContainerSpec { Image = engine.Image }, Token));
        Assert.Equal(ErrorIds.EngineFailed, name.ErrorId);
        Assert.Contains("bad/name", name.Message, StringComparison.Ordinal);
        var image = await Assert.ThrowsAsync<AppException>(() => Client.CreateContainerAsync(null, new ContainerSpec { Image = "no/such:image" }, Token));
        Assert.Equal(ErrorIds.ImageNotFound, image.ErrorId);
        var start = await Assert.ThrowsAsync<AppException>(() => Client.StartContainerAsync("no-such-container", Token));
        Assert.Contains("no-such-container", start.Message, StringComparison.Ordinal);
    }
}
