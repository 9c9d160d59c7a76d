using UpgradeOps.Engine.Tests.Apps;

namespace UpgradeOps.Engine.Tests.Generate;

public sealed class GenerateBindingTests
{
    private const string Pair = "key: ed25519, private: a.pem, public: b.pem";

    [Fact]
    public void Each_entry_has_its_defaults()
    {
        var all = Definitions.Parse($"{Definitions.Compose}\ngenerate: [ {{ variable: A, random: hex }}, {{ variable: B, value: \"x y${{A}}\", env-file: conf/b.env }}, {{ file: s/f, random: alphanumeric, length: 20, mode: \"640\" }}, {{ {Pair} }} ]").Generate;
        Assert.Equal((".env#A", "hex", 32, "env-file:.env#A"), (all[0].Name, all[0].Random, all[0].Size, all[0].Reference));
        Assert.Equal(("conf/b.env#B", "x y${A}", null, null), (all[1].Name, all[1].Value, all[1].Random, all[1].Reference));
        Assert.Equal(("s/f", 20, "640", "file:s/f"), (all[2].Name, all[2].Size, all[2].Mode, all[2].Reference));
        Assert.Equal(("a.pem", "ed25519", "0600", "file:a.pem"), (all[3].Name, all[3].Key, all[3].Mode, all[3].Reference));
        Assert.Equal(["a.pem", "b.pem"], all[3].Files);
    }

    [Theory]
    [InlineData("variable: A", "generate[0]")]
    [InlineData("variable: A, random: hex, value: x", "generate[0].value")]
    [InlineData("variable: A, file: f, random: hex", "generate[0].file")]
    [InlineData("variable: A-B, random: hex", "generate[0].variable")]
    [InlineData("variable: A, random: hexx", "generate[0].random")]
    [InlineData("variable: A, random: hex, length: 32", "generate[0].length")]
    [InlineData("variable: A, random: alphanumeric, bytes: 32", "generate[0].bytes")]
    [InlineData("variable: A, random: hex, bytes: 8", "generate[0].bytes")]
    [InlineData("variable: A, value: x, bytes: 32", "generate[0].bytes")]
    [InlineData("variable: A, random: hex, mode: \"0600\"", "generate[0].mode")]
    [InlineData("variable: A, random: hex, env-file: ../x", "generate[0].env-file")]
    [InlineData("variable: A, random: hex, env-file: /etc/x", "generate[0].env-file")]
    [InlineData("variable: A, value: x, disposable: true", "generate[0].disposable")]
    [InlineData("variable: A, random: hex, disposable: perhaps", "generate[0].disposable")]
    [InlineData("variable: A, value: \"it's\"", "generate[0].value")]
    [InlineData("variable: A, value: \"a\\nb\"", "generate[0].value")]
    [InlineData("variable: A, value: \" a\"", "generate[0].value")]
    [InlineData("variable: TAG, value: v1", "generate[0].variable")]
    [InlineData("file: f", "generate[0].random")]
    [InlineData("file: f, value: x", "generate[0].value")]
    [InlineData("file: f, random: hex, mode: rw", "generate[0].mode")]
    [InlineData("file: f, random: hex, owner: me", "generate[0].owner")]
    [InlineData("key: ed25519", "generate[0].private")]
    [InlineData("key: dsa, private: a, public: b", "generate[0].key")]
    [InlineData("key: ed25519, private: a, public: a", "generate[0].public")]
    [InlineData(Pair + ", random: hex", "generate[0].random")]
    [InlineData("variable: A, random: hex }, { variable: A, value: x", "generate[1].variable")]
    [InlineData("variable: A, random: hex }, { file: .env, random: hex", "generate[1].file")]
    [InlineData(Pair + " }, { file: b.pem, random: hex", "generate[1].file")]
    public void A_mistake_is_told_with_its_line_and_key(string entry, string key)
    {
        var error = Definitions.Refused($"{Definitions.Compose}\ngenerate: [ {{ {entry} }} ]");
        Assert.Contains($"{Definitions.File}:18:", error.Message);
        Assert.Contains($": {key}: ", error.Message);
    }
}
