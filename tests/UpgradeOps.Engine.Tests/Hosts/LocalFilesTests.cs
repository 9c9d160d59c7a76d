using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Engine.Tests.Hosts;

public sealed class LocalFilesTests : HostFilesContract
{
    private protected override IHostFiles Files { get; } = new LocalFiles();
}
