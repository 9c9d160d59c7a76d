using System.Text;
using System.Text.Json.Nodes;
using UpgradeOps.Engine.Platforms.Compose.Files;

namespace UpgradeOps.Integration.Compose;

/// <summary>Our reading and editing of <c>.env</c> files against Compose's own.</summary>
public sealed class EnvOracleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("TAG=v1", "v1")]
    [InlineData("export TAG = 'v1' # x\r\nB=\"multi\nTAG=inside\n\"\r\n", "v1")]
    [InlineData("TAG=v0\nTAG=v1 # last\n#TAG=v2", "v1")]
    [InlineData("B='it\\'s'\nTAG: \"v1\"\n", "v1")]
    [InlineData("TAG=\nB=x#y z\n", "")]
    [InlineData("\uFEFFTAG=v1#x\nB=2", "v1#x")]
    [InlineData("B=\"say \\\"TAG=no\\\"\"\nTAG=v1   \nTAGS=v3\n", "v1")]
    [InlineData("B='a\\\\'\nTAG=v1\n", "v1")]
    [InlineData("B=\"a\" TAG='v0'\nTAG='v1' export C=\"2\"\n", "v1")]
    [InlineData("TAG=v1\tfoo #x\nB=$UNSET-x\n", "v1\tfoo")]
    public async Task Compose_reads_what_we_read_and_what_we_wrote(string text, string value)
    {
        Needs.Parts(Part.Docker, Part.Compose);
        using var folder = new TempFolder("env-");
        var path = folder[".env"];
        await File.WriteAllTextAsync(folder["compose.yaml"], "services: { a: { image: \"x/y:1\", environment: { TAG: \"${TAG}\", B: \"${B}\" } } }\n", Token);
        var bytes = Encoding.UTF8.GetBytes(text);
        await File.WriteAllBytesAsync(path, bytes, Token);
        var file = EnvFile.Parse(bytes, path);
        var before = await ComposeAsync(folder.Path);
        Assert.Equal(value, file.Value("TAG"));
        Assert.Equal(value, before["TAG"]!.GetValue<string>());

        await File.WriteAllBytesAsync(path, file.With("TAG", "v2.0-x", path), Token);
        var after = await ComposeAsync(folder.Path);
        Assert.Equal("v2.0-x", after["TAG"]!.GetValue<string>());
        Assert.Equal(before["B"]!.GetValue<string>(), after["B"]!.GetValue<string>());
    }

    private static async Task<JsonNode> ComposeAsync(string folder)
    {
        var json = (await new Command("docker", "compose", "config", "--format", "json") { Folder = folder }.RunAsync(Token)).Expect("config");
        return JsonNode.Parse(json)!["services"]!["a"]!["environment"]!;
    }
}
