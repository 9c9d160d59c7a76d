using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Ssh;
using UpgradeOps.Engine.Tests.Hosts;

namespace UpgradeOps.Integration.Hosts;

/// <summary>Files on a real SSH server keep the promises that they keep on this machine.</summary>
public sealed class SshFilesTests : HostFilesContract, IClassFixture<SshFixture>
{
    private readonly SshHost _host;

    public SshFilesTests(SshFixture fixture)
    {
        Needs.Parts(Part.Ssh);
        _host = fixture.Open();
    }

    private protected override IHostFiles Files => _host.Files;

    public override void Dispose()
    {
        _host.DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose();
    }
}
