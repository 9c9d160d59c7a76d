using System.Text;
using System.Text.Json.Nodes;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Platforms.Compose.Files;
using UpgradeOps.Engine.Platforms.Generate;

namespace UpgradeOps.Integration.Generate;

/// <summary>What is made is what the usual tools take it for.</summary>
public sealed class GeneratedKeyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenSsl_signs_with_the_private_key_and_verifies_with_the_public_one()
    {
        Needs.Parts(Part.OpenSsl);
        using var folder = new TempFolder("keys-");
        await File.WriteAllTextAsync(folder["text"], "signed", Token);
        foreach (var kind in GenerateDefinition.Keys)
        {
            var key = KeyPair.NewPrivate(kind);
            await File.WriteAllTextAsync(folder["own.pem"], key, Token);
            await File.WriteAllTextAsync(folder["open.pem"], KeyPair.PublicOf(kind, key), Token);

            // Byte for byte what openssl makes of it.
            Assert.Equal(key, await RunAsync(folder, "pkey", "-in", "own.pem"));
            Assert.Equal(await File.ReadAllTextAsync(folder["open.pem"], Token), await RunAsync(folder, "pkey", "-in", "own.pem", "-pubout"));
            string[] raw = kind == GenerateDefinition.Ed25519 ? ["-rawin"] : ["-rawin", "-digest", "sha256"];
            await RunAsync(folder, ["pkeyutl", "-sign", .. raw, "-inkey", "own.pem", "-in", "text", "-out", "signature"]);
            Assert.Contains("Verified Successfully", await RunAsync(folder, ["pkeyutl", "-verify", .. raw, "-pubin", "-inkey", "open.pem", "-in", "text", "-sigfile", "signature"]));
        }
    }

    [Fact]
    public async Task The_public_key_of_what_openssl_made_is_openssls()
    {
        Needs.Parts(Part.OpenSsl);
        using var folder = new TempFolder("keys-");
        for (var i = 0; i < 20; i++)
        {
            await RunAsync(folder, "genpkey", "-algorithm", "ED25519", "-out", "own.pem");
            Assert.Equal(await RunAsync(folder, "pkey", "-in", "own.pem", "-pubout"), KeyPair.PublicOf(GenerateDefinition.Ed25519, await File.ReadAllTextAsync(folder["own.pem"], Token)));
        }
    }

    [Fact]
    public async Task Compose_reads_what_was_added_as_it_was_meant()
    {
        Needs.Parts(Part.Compose);
        using var folder = new TempFolder("env-");
        List<(string Name, string Value)> values =
        [
            ("PLAIN", "chatalot_server=info,tower_http=info"), ("SPACED", "a b  c"), ("HASH", "a #b#"), ("URL", "postgres://chat:${SECRET}@db:5432/chat?x=1&y=%20"), ("QUOTED_URL", "host=db password=${SECRET}"),
            .. GenerateDefinition.Forms.SelectMany(f => Enumerable.Range(0, 50).Select(i => ($"{f.ToUpperInvariant()}_{i}", RandomText.New(f, 33)))),
        ];
        var env = EnvFile.Parse(Encoding.UTF8.GetBytes("SECRET='s3cret'\r\n# end"), ".env").WithAdded(values, ".env");
        await File.WriteAllBytesAsync(folder[".env"], env, Token);
        await File.WriteAllTextAsync(folder["compose.yaml"], "services:\n  app:\n    image: x\n    environment:\n" + string.Concat(values.Select(v => $"      {v.Name}: \"${{{v.Name}}}\"\n")), Token);
        var compose = JsonNode.Parse((await new Command("docker", "compose", "config", "--format", "json") { Folder = folder.Path }.RunAsync()).Expect("docker compose config"))!;
        Assert.All(values, v => Assert.Equal(v.Value.Replace("${SECRET}", "s3cret", StringComparison.Ordinal), compose["services"]!["app"]!["environment"]![v.Name]!.GetValue<string>()));
    }

    private static async Task<string> RunAsync(TempFolder folder, params string[] arguments) => (await new Command("openssl", arguments) { Folder = folder.Path }.RunAsync()).Expect("openssl");
}
