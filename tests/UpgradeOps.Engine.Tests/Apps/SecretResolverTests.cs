using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Tests.Hosts;

namespace UpgradeOps.Engine.Tests.Apps;

public sealed class SecretResolverTests : IDisposable
{
    private const string Canary = "c4n@ry \"secret\"";
    private readonly TempFolder folder = new();
    private readonly Redaction redaction = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Each_scheme_finds_its_secret_and_remembers_it_for_redaction()
    {
        folder.Write(".env", $"OTHER=1\nPASSWORD='{Canary}'\n");
        folder.Write("sub/pw", Canary + "\r\n");
        Environment.SetEnvironmentVariable("UPGRADEOPS_TEST_SECRET", Canary);

        foreach (var reference in (string[])["env:UPGRADEOPS_TEST_SECRET", "env-file:.env#PASSWORD", $"env-file:{folder.Path}/.env#PASSWORD", "file:sub/pw", "secret:db"])
        {
            var own = new Redaction();
            Assert.Equal(Canary, await Resolver(own, (name, _) => Task.FromResult<string?>(name == "db" ? Canary : null)).ResolveAsync(reference, CancellationToken.None));
            Assert.Equal("login *** failed", own.Clean($"login {Canary} failed"));
        }
    }

    [Theory]
    [InlineData("env:UPGRADEOPS_TEST_NOT_SET", "has no variable UPGRADEOPS_TEST_NOT_SET")]
    [InlineData("env-file:.env#NOPE", "has no variable NOPE")]
    [InlineData("env-file:missing.env#X", "there is no file")]
    [InlineData("env-file:broken.env#PASSWORD", "the quote in line 2 is not closed")]
    [InlineData("env-file:.env#EMPTY", "it is empty")]
    [InlineData("file:missing", "there is no file")]
    [InlineData("file:.", "there is no file")]
    [InlineData("file:binary", "not UTF-8")]
    [InlineData("secret:nope", "the vault has no secret nope")]
    [InlineData("secret:boom", "the vault failed with InvalidOperationException")]
    public async Task A_secret_that_is_not_there_is_told_by_its_reference_alone(string reference, string why)
    {
        folder.Write(".env", $"PASSWORD='{Canary}'\nEMPTY=\n");
        folder.Write("broken.env", $"OTHER=1\nPASSWORD=\"{Canary.Replace("\"", "")}\n");
        File.WriteAllBytes(Path.Combine(folder.Path, "binary"), [0xC3, 0x28]);

        var e = await Assert.ThrowsAsync<AppException>(() => Resolver(redaction, (name, _) =>
            name == "boom" ? throw new InvalidOperationException(Canary) : Task.FromResult<string?>(null)).ResolveAsync(reference, CancellationToken.None));

        Assert.Equal((ErrorIds.SecretNotFound, reference), (e.ErrorId, e.Error.Target));
        Assert.Contains(why, e.Message);
        Assert.DoesNotContain("c4n", e.ToString());
        Assert.NotNull(e.Error.RecommendedAction);
    }

    [Fact]
    public async Task Without_a_vault_a_secret_says_so()
    {
        var e = await Assert.ThrowsAsync<AppException>(() => Resolver(redaction, null).ResolveAsync("secret:db", CancellationToken.None));

        Assert.Contains("there is no vault here", e.Message);
    }

    [Fact]
    public async Task What_is_no_reference_is_not_repeated()
    {
        var e = await Assert.ThrowsAsync<AppException>(() => Resolver(redaction, null).ResolveAsync("hunter2", CancellationToken.None));

        Assert.Equal(ErrorIds.DefinitionInvalid, e.ErrorId);
        Assert.DoesNotContain("hunter2", e.ToString());
    }

    [Fact]
    public void Redaction_knows_the_forms_in_which_a_secret_appears()
    {
        redaction.Remember("p&ss");
        redaction.Remember("p&ss word\"1");
        redaction.Remember("-----KEY-----\nabcdef\n-----END-----");

        Assert.Equal("a *** b *** c *** d", redaction.Clean("a p&ss b p&ss word\"1 c p%26ss%20word%221 d"));
        Assert.Equal("key *** in line 2", redaction.Clean("key abcdef in line 2"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("u")]
    [InlineData("us")]
    [InlineData("user:")]
    public void Redaction_finds_a_secret_in_Base64_wherever_it_stands_in_it(string before)
    {
        const string Secret = "correct horse";
        redaction.Remember(Secret);
        var encoded = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{before}{Secret}!"));
        var cleaned = redaction.Clean($"Authorization: Basic {encoded}");
        Assert.Contains(Redaction.Mark, cleaned, StringComparison.Ordinal);
        Assert.DoesNotContain(encoded[4..12], cleaned, StringComparison.Ordinal);
        Assert.Equal("bytes too: ***"u8.ToArray(), redaction.Clean("bytes too: correct horse"u8.ToArray()));
    }

    [Fact]
    public void An_environment_tells_its_secrets_by_names_and_in_addresses()
    {
        string[] environment =
        [
            "PATH=/usr/bin:/bin", "DB_PASSWORD=longenough", "PIN_SECRET=1234", "API_KEY=key-of-api", "KEYBOARD=us-layout", "TLS_KEY=/run/secrets/key",
            "DATABASE_URL=postgres://kmp:p%40ssword@db/kmp", "HOMEPAGE=https://example.org:8443/a@b", "TOKEN",
        ];
        Assert.Equal(["longenough", "key-of-api", "p%40ssword", "p@ssword"], EnvironmentSecrets.In(environment));
    }

    private SecretResolver Resolver(Redaction own, Func<string, CancellationToken, Task<string?>>? vault) =>
        new(folder.Path, new LocalFiles(), new EngineOptions { SecretVault = vault }, own);
}
