using System.Text;
using System.Text.Json.Nodes;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Platforms.Compose.Scratch;

namespace UpgradeOps.Engine.Tests.Compose;

/// <summary>What a copy is made of: the service as the compose files describe it, without anything by which it could be taken for the live one.</summary>
public sealed class ScratchFileTests
{
    private const string Model = """
        {
          "name": "chat",
          "services": {
            "app": {
              "image": "ghcr.io/owner/chat:2", "build": { "context": "/src" }, "container_name": "chat", "hostname": "chat", "domainname": "example.org", "mac_address": "02:42:ac:11:00:02",
              "labels": { "traefik.http.routers.chat.rule": "Host(`chat`)", "caddy": "chat.example.org" }, "restart": "always", "profiles": ["web"], "links": ["db:database"], "scale": 2,
              "deploy": { "replicas": 3, "restart_policy": { "condition": "any" }, "resources": { "limits": { "memory": "1073741824" } } },
              "depends_on": { "db": { "condition": "service_healthy", "required": true } },
              "environment": { "DB_NAME": "chat", "PRICE": "5$$", "EMPTY": null, "VIRTUAL_HOST": "chat.example.org", "MODE": "prod" },
              "networks": { "default": { "aliases": ["www"], "ipv4_address": "10.0.0.7" }, "back": null },
              "ports": [ { "mode": "ingress", "target": 8080, "published": "80", "protocol": "tcp" }, { "mode": "ingress", "target": 9090, "published": "5080", "protocol": "tcp" } ],
              "secrets": [ { "source": "token", "target": "/run/secrets/token" } ],
              "volumes": [
                { "type": "volume", "source": "uploads", "target": "/data", "volume": { "subpath": "a" } }, { "type": "volume", "target": "/cache" },
                { "type": "bind", "source": "/etc/chat", "target": "/etc/chat", "read_only": true }, { "type": "tmpfs", "target": "/tmp" } ]
            },
            "db": { "image": "postgres:16" }
          },
          "networks": { "default": { "name": "chat_default", "ipam": {} }, "back": { "name": "shared-back", "external": true }, "other": { "name": "chat_other" } },
          "volumes": { "uploads": { "name": "chat_uploads", "driver": "local" }, "pg": { "name": "chat_pg" } },
          "secrets": { "token": { "name": "chat_token", "file": "/srv/chat/token" } }
        }
        """;

    private static readonly ScratchRun Run = new()
    {
        OperationId = "20260101T000000000Z-ab12",
        Port = 5999,
        LivePorts = [5080],
        Environment = new Dictionary<string, string> { ["DB_NAME"] = "chat_rehearsal", ["DB_PASSWORD"] = "${DB_PASSWORD}" },
        LiveDatabases = ["chat"],
    };

    [Fact]
    public void A_copy_has_nothing_by_which_it_could_be_taken_for_the_live_service()
    {
        var file = JsonNode.Parse(new ScratchFile(Read(Model), Run).Of("app", "ghcr.io/owner/chat@sha256:12"))!;

        var app = Assert.Single(file["services"]!.AsObject()).Value!.AsObject();
        Assert.Equal(
            ["deploy", "environment", "image", "labels", "networks", "pull_policy", "restart", "secrets", "volumes"],
            app.Select(k => k.Key).Order(StringComparer.Ordinal));
        Assert.Equal("""{"resources":{"limits":{"memory":"1073741824"}}}""", app["deploy"]!.ToJsonString());
        Assert.Equal("""{"DB_NAME":"chat_rehearsal","PRICE":"5$$","EMPTY":null,"VIRTUAL_HOST":"","MODE":"prod","DB_PASSWORD":"${DB_PASSWORD}"}""", app["environment"]!.ToJsonString());
        Assert.Equal("ghcr.io/owner/chat@sha256:12 never no", $"{app["image"]} {app["pull_policy"]} {app["restart"]}");
        Assert.Equal("""{"upgradeops.rehearsal":"20260101T000000000Z-ab12","traefik.enable":"false"}""", app["labels"]!.ToJsonString());
        Assert.Equal("""{"default":{},"back":{}}""", app["networks"]!.ToJsonString());
        Assert.Equal("""{"default":{"name":"chat_default","external":true},"back":{"name":"shared-back","external":true}}""", file["networks"]!.ToJsonString());
    }

    [Fact]
    public void No_volume_of_the_live_application_is_mounted_and_what_is_only_read_stays()
    {
        var file = JsonNode.Parse(new ScratchFile(Read(Model), Run).Of("app", "x"))!;

        Assert.Equal("""{"uploads":{"name":"chat_uploads-rehearsal-20260101t000000000z-ab12","external":true}}""", file["volumes"]!.ToJsonString());
        Assert.Equal(["/data", "/cache", "/etc/chat", "/tmp"], file["services"]!["app"]!["volumes"]!.AsArray().Select(v => v!["target"]!.GetValue<string>()));
        Assert.Equal("{}", file["services"]!["app"]!["volumes"]![0]!["volume"]!.ToJsonString());
        Assert.Equal("/srv/chat/token", file["secrets"]!["token"]!["file"]!.GetValue<string>());
    }

    [Fact]
    public void The_port_is_that_to_which_the_health_checks_port_leads()
    {
        Assert.Equal(9090, Read(Model).TargetOf("app", [5080]));
        Assert.Null(Read(Model).TargetOf("app", [443]));
        Assert.Null(Read(Model.Replace("\"5080\", \"protocol\": \"tcp\"", "\"5080\", \"protocol\": \"udp\"")).TargetOf("app", [5080]));
    }

    [Theory]
    [InlineData("\"MODE\": \"prod\"", "\"DB\": \"chat\"", "environment.DB")]
    [InlineData("\"MODE\": \"prod\"", "\"URL\": \"postgres://u:secret@db/chat?a=b\"", "environment.URL")]
    [InlineData("\"restart\": \"always\"", "\"command\": [\"--db=chat\"]", "command")]
    [InlineData("\"restart\": \"always\"", "\"entrypoint\": [\"/app\", \"chat\"]", "entrypoint")]
    [InlineData("\"restart\": \"always\"", "\"network_mode\": \"host\"", "network_mode")]
    [InlineData("\"restart\": \"always\"", "\"network_mode\": \"service:db\"", "network_mode")]
    [InlineData("\"restart\": \"always\"", "\"pid\": \"container:x\"", "pid")]
    [InlineData("\"restart\": \"always\"", "\"volumes_from\": [\"db\"]", "volumes_from")]
    [InlineData(", \"read_only\": true", "", "/etc/chat")]
    public void What_would_reach_the_live_application_is_refused_and_no_value_is_told(string from, string to, string named)
    {
        new ScratchShares(Read(Model), Run, "chat").Refuse("app");
        Assert.Contains(from, Model, StringComparison.Ordinal);

        var error = Assert.Throws<AppException>(() => new ScratchShares(Read(Model.Replace(from, to)), Run, "chat").Refuse("app")).Error;
        Assert.Equal(ErrorIds.RehearsalShares, error.ErrorId);
        Assert.Contains($"app: {named}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_definition_gives_the_copy_itself_is_meant() =>
        new ScratchShares(Read(Model.Replace("\"MODE\"", "\"OTHER\"")), Run with { Environment = new Dictionary<string, string> { ["DB_NAME"] = "chat" } }, "chat").Refuse("app");

    private static ScratchModel Read(string json) => new(Encoding.UTF8.GetBytes(json));
}
