using UpgradeOps.Engine.Hosts.Ssh;

namespace UpgradeOps.Integration.Hosts;

/// <summary>One SSH server for a class of tests.</summary>
public sealed class SshFixture : IAsyncLifetime
{
    private SshServer? _server;

    public SshServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        if (Require.Missing(Part.Ssh) is null)
            _server = await SshServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    internal SshHost Open(SshServer? server = null, string? configuration = null, TimeSpan? patience = null) => new(
        SshAddress.Parse((server ?? Server).Address)!,
        new SshOptions { ConfigurationFile = configuration ?? (server ?? Server).ConfigurationFile, Patience = patience ?? TimeSpan.FromSeconds(60) },
        TimeProvider.System);
}
