using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;

namespace UpgradeOps.Engine.Tests.Hosts;

public sealed class LocalSpoolTests : SpooledCommandContract
{
    private protected override IHost Host { get; } = new LocalHost();
}
