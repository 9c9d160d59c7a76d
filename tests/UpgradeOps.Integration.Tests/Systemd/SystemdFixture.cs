namespace UpgradeOps.Integration.Systemd;

/// <summary>One machine with systemd for a class of tests.</summary>
public sealed class SystemdFixture : IAsyncLifetime
{
    private SystemdMachine? _machine;
    private int _port = 8080;

    public SystemdMachine Machine => _machine!;

    /// <summary>On that machine, for one test.</summary>
    public int NextPort() => Interlocked.Increment(ref _port);

    public async ValueTask InitializeAsync()
    {
        if (Require.Missing(Part.Systemd, Part.Ssh) is null)
            _machine = await SystemdMachine.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_machine is not null)
            await _machine.DisposeAsync();
    }
}
