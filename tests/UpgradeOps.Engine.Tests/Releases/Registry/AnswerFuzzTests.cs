using System.Text;
using UpgradeOps.Engine.Tests.Releases.Doubles;

namespace UpgradeOps.Engine.Tests.Releases.Registry;

/// <summary>Whatever a registry answers, the outcome is a release or a typed error with a target: never a bare exception.</summary>
public class AnswerFuzzTests
{
    private static readonly string[] Scraps =
    [
        "", "null", "{}", "[]", "\"", "1e999", "-1", "9223372036854775808", "{\"tags\":{}}", "{\"schemaVersion\":2,\"manifests\":[null]}",
        "{\"schemaVersion\":2,\"manifests\":[{\"platform\":{\"os\":1}}]}", "{\"schemaVersion\":2.5}", "{\"schemaVersion\":2,\"layers\":5,\"config\":[]}",
        "{\"errors\":[5]}", "{\"errors\":{}}", "{\"tags\":[null,\"\",\"a/b\",\"1.0.0\"]}", "{\"config\":{\"Labels\":[]}}", "\ufeff{}", "{\"tags\":[\"\\ud800\"]}",
    ];

    private static readonly (string, string)[] Headers =
    [
        ("Docker-Content-Digest", "sha256:zz"), ("Docker-Content-Digest", ""), ("Content-Type", "text/html"), ("Content-Type", ";;"), ("Link", "<"),
        ("Link", "<:>; rel=next"), ("Link", "<http://[>; rel=\"next\""), ("Location", "http://"), ("Location", ":"), ("Retry-After", "-5"), ("Retry-After", "99999999999999999999"),
        ("Www-Authenticate", "Bearer realm="), ("Www-Authenticate", "Bearer realm=\"x"), ("Www-Authenticate", "\\"), ("Www-Authenticate", "Basic"), ("Date", "yesterday"),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Nonsense_is_always_a_typed_error(int seed)
    {
        var random = new Random(seed);
        var image = FakeImage.Build(version: "1.0.0");
        await using var registry = new FakeRegistry().Push(FakeImage.Index(("linux/amd64", image)), "latest", "1.0.0");
        registry.Intercept = r => random.Next(3) == 0 ? Spoil(random, registry.Answer(r)) : null;
        var outcomes = new HashSet<string>();
        for (var i = 0; i < 100; i++)
        {
            var source = registry.OpenSource();
            try
            {
                _ = random.Next(3) switch
                {
                    0 => (object)await source.ListAsync(default),
                    1 => await source.PeekAsync("latest", null, default),
                    _ => await source.ResolveAsync(random.Next(2) == 0 ? "latest" : "v1.0.0", null, default),
                };
                outcomes.Add("done");
            }
            catch (AppException e)
            {
                Assert.StartsWith("UpgradeOps.Releases.", e.ErrorId, StringComparison.Ordinal);
                Assert.NotNull(e.Error.Target);
                Assert.DoesNotContain(e.Message, char.IsControl);
                outcomes.Add(e.ErrorId);
            }
        }
        Assert.Superset(new HashSet<string> { "done", ErrorIds.RegistryFailed, ErrorIds.DigestMismatch, ErrorIds.RegistryUnauthorized }, outcomes);
    }

    private static FakeReply Spoil(Random random, FakeReply reply) => random.Next(6) switch
    {
        0 => reply with { Status = random.Next(200, 600) },
        1 => reply with { Body = Encoding.UTF8.GetBytes(Scraps[random.Next(Scraps.Length)]), Headers = [.. reply.Headers.TakeLast(1)] },
        2 => reply with { Body = Mutate(random, reply.Body) },
        3 => reply with { Headers = [Headers[random.Next(Headers.Length)]] },
        4 => reply with { Status = new[] { 301, 307, 401, 403, 429, 503 }[random.Next(6)], Headers = [Headers[random.Next(Headers.Length)], Headers[random.Next(Headers.Length)]] },
        _ => reply with { Body = reply.Body[..random.Next(reply.Body.Length + 1)], Headers = [] },
    };

    private static byte[] Mutate(Random random, byte[] body)
    {
        var bytes = (byte[])body.Clone();
        for (var i = random.Next(1, 4); i > 0 && bytes.Length > 0; i--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }
}
