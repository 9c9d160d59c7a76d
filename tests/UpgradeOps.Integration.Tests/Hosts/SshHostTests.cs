using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Tests.Hosts;

namespace UpgradeOps.Integration.Hosts;

/// <summary>Commands on a real SSH server keep the promises that they keep on this machine.</summary>
public sealed class SshHostTests : HostContract, IClassFixture<SshFixture>
{
    public SshHostTests(SshFixture fixture)
    {
        Needs.Parts(Part.Ssh);
        Host = fixture.Open();
    }

    private protected override IHost Host { get; }

    public override void Dispose()
    {
        Host.DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose();
    }
}
