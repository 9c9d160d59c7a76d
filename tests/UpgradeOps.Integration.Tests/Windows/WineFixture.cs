namespace UpgradeOps.Integration.Windows;

/// <summary>One Windows of Wine for all tests that need one.</summary>
public sealed class WineFixture : IAsyncLifetime
{
    private WineMachine? _machine;
    private int _number;

    public WineMachine Machine => _machine!;

    /// <summary>The console's operations, as a program of Windows.</summary>
    public string Host { get; private set; } = "";

    public int Next() => Interlocked.Increment(ref _number);

    public async ValueTask InitializeAsync()
    {
        if (Require.Missing(Part.Wine) is not null)
            return;
        _machine = await WineMachine.StartAsync();
        Host = _machine.MakeProgram(AppContext.BaseDirectory, "UpgradeOps.WindowsHost.dll", "windowshost");
    }

    public async ValueTask DisposeAsync()
    {
        if (_machine is not null)
            await _machine.DisposeAsync();
    }
}

[CollectionDefinition(nameof(WineFixture))]
public sealed class WineCollection : ICollectionFixture<WineFixture>;
