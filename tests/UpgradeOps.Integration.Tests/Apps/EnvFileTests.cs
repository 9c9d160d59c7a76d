using System.Text.Json.Nodes;
using UpgradeOps.Engine.Apps.Secrets.Dotenv;

namespace UpgradeOps.Integration.Apps;

/// <summary>The engine reads a <c>.env</c> file as the installed Docker Compose does: the password that it finds is the one that the containers got.</summary>
public sealed class EnvFileTests
{
    private static readonly string[] Fixed =
    [
        "plain # comment", "pa#ss", "'sin$gle # x'", "\"dou $B \\\" q \\n nl \\t \\$B \\\\ z\"", "spaced value   ", "\"multi\nline\"", "'it\\'s'",
        "$B-${B}-${NOPE:-def}-${NOPE-d2}-${B:+alt}", "\"${X:-${Y-deep}}\"", "a$$b", "a\\$NOPE", "\"q\" # trailing", "`x`", "a=b=c", "\"a#b\"", "$", "a$1b",
        "\"'in'\"", "'\"in\"'", "x\"y\"z", "#c", "a\t#tab", "\"\\a \\x \\r|\\0101|\\e\"", "'a\\nb \\\\ c'", "un\\nq\"uo\"", "", "''", "\"\"",
    ];

    [Fact]
    public async Task Every_value_is_what_Compose_makes_of_it()
    {
        Needs.Parts(Part.Compose);
        using var folder = new TempFolder("env-");
        var values = Fixed.Concat(Generated(new Random(11), 1000)).ToList();
        await File.WriteAllTextAsync(folder[".env"], "B=b\n" + string.Concat(values.Select((v, i) => $"V{i}={v}\n")));
        await File.WriteAllTextAsync(folder["compose.yaml"], "services:\n  app:\n    image: x\n    environment:\n" + string.Concat(values.Select((_, i) => $"      V{i}: \"${{V{i}}}\"\n")));

        var compose = JsonNode.Parse((await new Command("docker", "compose", "config", "--format", "json") { Folder = folder.Path }.RunAsync()).Expect("docker compose config"))!;
        var ours = EnvFile.Parse(await File.ReadAllTextAsync(folder[".env"]), Environment.GetEnvironmentVariable);

        // In what it prints, Compose doubles each dollar so that it could be read again.
        Assert.All(values.Select((v, i) => (v, i)), v =>
            Assert.Equal($"{v.v} → {compose["services"]!["app"]!["environment"]![$"V{v.i}"]!.GetValue<string>().Replace("$$", "$")}", $"{v.v} → {ours[$"V{v.i}"]}"));
    }

    // Passwords as generators make them, in the three ways to write them.
    private static IEnumerable<string> Generated(Random random, int count)
    {
        const string alphabet = "abcXYZ019 !@%^&*()_+-=[]|;:,.<>?/~#$\\";
        for (var i = 0; i < count; i++)
        {
            var password = "p" + string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => alphabet[random.Next(alphabet.Length)])) + "q";
            var dollars = password.Contains("${", StringComparison.Ordinal) ? password.Replace("${", "$", StringComparison.Ordinal) : password;
            yield return random.Next(3) switch
            {
                0 => dollars,
                1 => $"'{password}'",
                _ => $"\"{dollars}\"",
            };
        }
    }
}
