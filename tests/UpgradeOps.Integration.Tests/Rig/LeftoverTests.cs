using System.Text.Json.Nodes;

namespace UpgradeOps.Integration.Rig;

public sealed class LeftoverTests
{
    [Fact]
    public async Task An_installation_outlives_its_command_and_down_ends_all_of_it()
    {
        Needs.Stack();
        var running = JsonNode.Parse(await KitAsync("kmp", "up", "--json"))!;
        var (id, registry) = (running["id"]!.GetValue<string>(), running["registry"]!.GetValue<string>());
        try
        {
            using var client = new HttpClient();
            Assert.Contains("v1.0.0", await client.GetStringAsync($"{running["url"]}health"));
            await KitAsync("kmp", "publish", id, "v1.4.0", "--tags", "v1.4.0,latest", "--like", "v1.1.0");
            Assert.Contains("v1.4.0", await client.GetStringAsync($"http://{registry}/v2/{KmpImage.Repository}/tags/list"));
        }
        finally
        {
            var stop = running["stop"]!.AsArray().Select(w => w!.GetValue<string>()).ToArray();
            await Command.OutputAsync(stop[0], stop[1..]);
        }
        Assert.Equal("", await Command.OutputAsync("docker", "ps", "-aq", "--filter", $"label=com.docker.compose.project={id}"));
        Assert.False(Directory.Exists(running["folder"]!.GetValue<string>()));
        Assert.False(Directory.Exists(running["registryFolder"]!.GetValue<string>()));
        Assert.False(ProcessIdentity.Lives(running["registryProcess"]!["id"]!.GetValue<int>()));
    }

    private static Task<string> KitAsync(params string[] arguments) =>
        Command.OutputAsync("dotnet", [typeof(KmpStack).Assembly.Location, .. arguments]);
}
