namespace UpgradeOps.Integration.Faults;

/// <summary>One installation whose registry misbehaves on demand, shared by the tests of a class.</summary>
public sealed class FaultyRegistryWorld : IAsyncLifetime
{
    private RegistryServer? _server;
    private FaultWorld? _world;
    private FaultyRegistry? _proxy;
    private int _releases;

    internal FaultWorld World => _world!;

    internal FaultyRegistry Proxy => _proxy!;

    internal TestImages Images { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (Require.Missing([Part.Docker, Part.Compose, Part.Registry, Part.Postgres, Part.MariaDb, Part.Compiler]) is not null)
            return;
        _server = await RegistryServer.StartAsync();
        _proxy = await FaultyRegistry.StartAsync(_server);
        Images = new TestImages(_server) { Host = _proxy.Host };
        await Images.PublishAllAsync();
        _world = await FaultWorld.StartAsync(Images);
    }

    /// <summary>A release that neither the engine nor UpgradeOps has seen.</summary>
    internal async Task<string> PublishAsync()
    {
        var version = $"v2.0.{Interlocked.Increment(ref _releases)}";
        await Images.PublishAsync(KmpRelease.V110 with { Version = version });
        return version;
    }

    public async ValueTask DisposeAsync()
    {
        if (_world is not null)
            await _world.DisposeAsync();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
