using UpgradeOps.Engine.Tests.Service.Windows.Contract;

namespace UpgradeOps.Integration.Windows;

/// <summary>The contract of the supervisor <c>windows-service</c> with Wine's service manager.</summary>
[Collection(nameof(WineFixture))]
public sealed class WineContractTests(WineFixture fixture) : WindowsServiceContract
{
    private protected override async Task<IWindowsServiceRig> OpenAsync()
    {
        Needs.Parts(Part.Wine);
        return await WineServiceRig.StartAsync(fixture);
    }
}
