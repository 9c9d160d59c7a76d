using System.Text;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Platforms.Compose.Evidence;

namespace UpgradeOps.Engine.Tests.Compose;

public sealed class EvidenceSecretsTests
{
    [Fact]
    public void What_a_container_s_environment_gives_away_is_taken_out_of_labels_and_logs_too()
    {
        var redaction = new Redaction();
        var json = """{"Config":{"Env":["API_TOKEN=token-of-the-api","SMTP=smtp://mail:pass-of-mail@host"],"Labels":{"note":"its token is token-of-the-api"}},"Args":["--smtp","smtp://mail:pass-of-mail@host"]}"""u8;
        var kept = Encoding.UTF8.GetString(redaction.Clean(ComposeEvidence.Redact(json.ToArray(), redaction)));
        Assert.DoesNotContain("token-of-the-api", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("pass-of-mail", kept, StringComparison.Ordinal);
        Assert.Contains("API_TOKEN=", kept, StringComparison.Ordinal);
        Assert.Equal("connecting with ***", redaction.Clean("connecting with pass-of-mail"));
    }
}
