namespace UpgradeOps.Integration.Updates;

/// <summary>A registry with every release of the test application, shared by the tests of one class.</summary>
public sealed class RegistryFixture : IAsyncLifetime
{
    private RegistryServer? _server;

    public TestImages Images { get; private set; } = null!;

    public RegistryServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        // A test that lacks a part skips by itself; a fixture has no way to.
        if (Require.Missing([Part.Docker, Part.Compose, Part.Registry, Part.Postgres, Part.MariaDb, Part.Compiler]) is not null)
        {
            return;
        }

        _server = await RegistryServer.StartAsync();
        Images = new TestImages(_server);
        await Images.PublishAllAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
