using System.Security.Cryptography;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Tests.Hosts;

namespace UpgradeOps.Integration.Hosts;

public sealed class SshSpoolTests : SpooledCommandContract, IClassFixture<SshFixture>
{
    private readonly SshFixture _fixture;

    public SshSpoolTests(SshFixture fixture)
    {
        Needs.Parts(Part.Ssh);
        _fixture = fixture;
        Host = fixture.Open();
    }

    private protected override IHost Host { get; }

    public override void Dispose()
    {
        Host.DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose();
    }

    [Fact]
    public async Task It_goes_on_while_the_host_cannot_be_reached_and_every_byte_comes_through()
    {
        await using var server = await SshServer.StartAsync();
        await using var host = _fixture.Open(server);
        using var output = new MemoryStream();
        // A hundred megabytes whose every block is another one, more than the pieces that wait.
        var running = Spool(most: 4, host: host).RunAsync(
            Shell("echo x >>\"$1\"; i=0; while [ $i -lt 100 ]; do i=$((i+1)); printf '%1048576d' $i; sleep 0.02; done", Folder["starts"]), output, Token);
        await Until.TrueAsync(() => Task.FromResult(output.Length > 0), TimeSpan.FromSeconds(60), "the first piece", Token);

        for (var i = 0; i < 5; i++)
        {
            await server.CutAsync();
            await Task.Delay(300, Token);
        }

        await server.GoAwayAsync();
        await Until.TrueAsync(() => Task.FromResult(Pieces().Length >= 3), TimeSpan.FromSeconds(60), "what waits over there", Token);
        Assert.False(running.IsCompleted);
        await server.StartAgainAsync();

        Assert.Equal(0, (await running)!.ExitCode);
        Assert.Equal(100 << 20, output.Length);
        Assert.Equal(Expected(), Convert.ToHexString(SHA256.HashData(output.GetBuffer().AsSpan(0, (int)output.Length))));
        Assert.Single(await File.ReadAllLinesAsync(Folder["starts"], Token));
        Assert.Empty(Directory.GetDirectories(Folder.Path, "upgradeops-output.*"));

        static string Expected()
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (var i = 1; i <= 100; i++)
                hash.AppendData(System.Text.Encoding.ASCII.GetBytes($"{i}".PadLeft(1048576)));
            return Convert.ToHexString(hash.GetHashAndReset());
        }
    }
}
