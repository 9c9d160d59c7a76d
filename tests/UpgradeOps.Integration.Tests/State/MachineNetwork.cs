namespace UpgradeOps.Integration.State;

/// <summary>A network of an engine's containers, in which this machine is one host more.</summary>
internal sealed class MachineNetwork : IAsyncDisposable
{
    private MachineNetwork(string name, string hostAddress) => (Name, HostAddress) = (name, hostAddress);

    public string Name { get; }

    /// <summary>Under which this machine is reached from there.</summary>
    public string HostAddress { get; }

    public static async Task<MachineNetwork> CreateAsync()
    {
        var name = $"machines-{Guid.NewGuid():N}";
        await Command.OutputAsync("docker", "network", "create", name);
        var gateway = await Command.OutputAsync("docker", "network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", name);
        return new MachineNetwork(name, gateway.Trim());
    }

    public async ValueTask DisposeAsync() => await Command.RunAsync("docker", "network", "rm", Name);
}
