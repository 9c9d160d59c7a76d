using System.Text;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Platforms.Compose;
using UpgradeOps.Engine.Platforms.Compose.Evidence;
using UpgradeOps.Engine.Platforms.Compose.Model;
using UpgradeOps.Engine.Platforms.Compose.Steps;

namespace UpgradeOps.Engine.Tests.Compose;

public sealed class ComposeModelTests
{
    private const string Json = """
        {"name":"kmp","services":{
          "app":{"image":"ghcr.io/x/kmp:PROBE","container_name":"kmp","depends_on":{"db":{"condition":"service_healthy","required":true},"migrate":{"condition":"service_completed_successfully"}},"deploy":{"replicas":2}},
          "migrate":{"image":"ghcr.io/x/kmp:PROBE","command":["migrate"]},
          "web":{"image":"ghcr.io/x/web:vPROBE-slim","scale":3,"pull_policy":"always"},
          "note":{"image":"busybox","environment":{"VERSION":"PROBE"}},
          "db":{"image":"postgres:15","labels":{"v":"PROBE"}},
          "proxy":{"image":"nginx:1","depends_on":{"app":{"condition":"service_started","restart":true}}},
          "vpn":{"image":"vpn:1","network_mode":"service:app","volumes_from":["app:ro"]},
          "built":{"build":{"context":"."},"image":"kmp-local","post_start":[{"command":["x"]}]},
          "twin":{"image":"ghcr.io/x/kmp:PROBE"}
        }}
        """;

    private static ComposeModel Model => ComposeModelReader.Read(Encoding.UTF8.GetBytes(Json), "PROBE", []);

    [Fact]
    public void Services_move_whose_version_the_variable_decides() =>
        Assert.Equal(["app", "migrate", "note", "twin", "web"], Model.Moving("app", new HashSet<string> { "db" }).Select(s => s.Name));

    [Fact]
    public void Services_with_the_same_reference_move_together_without_any_variable()
    {
        var model = ComposeModelReader.Read("""{"name":"x","services":{"a":{"image":"x/y:latest"},"b":{"image":"x/y:latest"},"c":{"image":"x/z:latest"}}}"""u8, "PROBE", []);
        Assert.Equal(["a", "b"], model.Moving("a", new HashSet<string>()).Select(s => s.Name));
    }

    [Fact]
    public void What_an_update_needs_is_read()
    {
        var services = Model.Services;
        Assert.Equal(new ImageTemplate("ghcr.io/x/web", "v", "-slim"), services["web"].Template);
        Assert.Equal((2, 3, 1), (services["app"].Replicas, services["web"].Replicas, services["db"].Replicas));
        Assert.Equal(("kmp", "always"), (services["app"].ContainerName, services["web"].PullPolicy));
        Assert.Equal([new("db", "service_healthy", false), new("migrate", "service_completed_successfully", false)], services["app"].DependsOn);
        Assert.Equal([new ComposeDependency("app", "service_started", true)], services["proxy"].DependsOn);
        Assert.Equal(["app"], services["vpn"].SharesWith);
        Assert.True(services["built"] is { IsBuilt: true, HasHooks: true, Template: null });
    }

    [Fact]
    public void Files_of_the_machine_that_containers_see_are_read()
    {
        var model = ComposeModelReader.Read(
            """
            {"name":"x","configs":{"c":{"file":"/srv/$$x/c.conf"},"text":{"content":"t"},"unused":{"file":"/srv/u"}},"secrets":{"s":{"file":"/srv/s"},"e":{"environment":"E"}},
             "services":{"a":{"volumes":[{"type":"bind","source":"/srv/$$x/conf","target":"/c"},{"type":"volume","source":"d","target":"/d"},{"type":"tmpfs","target":"/t"}],"configs":[{"source":"c"},{"source":"text"}]},"b":{}}}
            """u8,
            "PROBE",
            []);
        Assert.Equal(["/srv/$x/conf", "/srv/$x/c.conf"], model.Services["a"].Mounted);
        Assert.Empty(model.Services["b"].Mounted);
        Assert.Equal(["/srv/s"], model.Secrets);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("""{"services":{"a":{"deploy":{"replicas":1.5}}}}""")]
    [InlineData("""{"services":{"a":{"volumes_from":[1]}}}""")]
    public void An_answer_that_is_not_composes_is_refused(string json)
    {
        if (json == "[]")
            Assert.Empty(ComposeModelReader.Read(Encoding.UTF8.GetBytes(json), "P", []).Services);
        else
            Assert.Equal(ErrorIds.ComposeInvalid, Assert.Throws<AppException>(() => ComposeModelReader.Read(Encoding.UTF8.GetBytes(json), "P", [])).ErrorId);
    }

    [Theory]
    [InlineData("kmp:PROBE", "kmp", "", "")]
    [InlineData("127.0.0.1:5000/x/kmp:vPROBE-slim", "127.0.0.1:5000/x/kmp", "v", "-slim")]
    public void A_template_goes_both_ways(string image, string repository, string prefix, string suffix)
    {
        var template = ImageTemplate.Of(image, "PROBE")!;
        Assert.Equal(new ImageTemplate(repository, prefix, suffix), template);
        Assert.Equal($"{prefix}1.2{suffix}", template.TagOf("1.2"));
        Assert.Equal("1.2", template.ValueOf($"{prefix}1.2{suffix}"));
        Assert.Null(template.ValueOf(prefix + suffix));
    }

    [Theory]
    [InlineData("PROBE")]
    [InlineData("x/PROBE:latest")]
    [InlineData("127.0.0.1:PROBE/x")]
    [InlineData("x/y:1")]
    [InlineData("x/y@PROBE")]
    [InlineData("x/y:PROBE-PROBE")]
    public void A_variable_that_is_not_the_tag_makes_no_template(string image) => Assert.Null(ImageTemplate.Of(image, "PROBE"));

    [Fact]
    public void Services_start_after_those_they_wait_for()
    {
        static MovedService Service(string name, params string[] after) => new()
        {
            Name = name, Count = 1, Reference = "x:1", After = after.Select(a => new ComposeDependency(a, "service_started", false)).ToList(),
        };
        var order = MovedService.InStartOrder([Service("web", "app"), Service("app", "migrate"), Service("worker", "migrate"), Service("migrate")]);
        Assert.Equal(["migrate", "app", "web", "worker"], order.Select(s => s.Name));
        Assert.Equal(2, MovedService.InStartOrder([Service("a", "b"), Service("b", "a")]).Count);
    }

    [Theory]
    [InlineData("1.2.3", "v1.2.3", "v1.2.3")]
    [InlineData("1.2.3", "latest", "1.2.3")]
    [InlineData("main", "latest", "latest")]
    [InlineData(null, "v2", "v2")]
    [InlineData("main", null, "main")]
    [InlineData("2.0.0", "v1.9.0", "2.0.0")]
    public void A_version_is_told_by_label_and_tag(string? label, string? tag, string? version)
    {
        var image = new ImageDetails { Id = "sha256:1", Config = new ImageConfig { Labels = label is null ? null : new() { ["org.opencontainers.image.version"] = label } } };
        Assert.Equal(version, ImageIdentity.Version(image, tag));
    }

    [Fact]
    public void A_digest_is_found_under_the_engines_own_spelling()
    {
        var image = new ImageDetails { Id = "sha256:1", RepoDigests = ["nginx@sha256:aa", "ghcr.io/x/kmp@sha256:bb"] };
        Assert.Equal("sha256:aa", ImageIdentity.Digest(image, "docker.io/library/nginx"));
        Assert.Equal("sha256:bb", ImageIdentity.Digest(image, "mirror.example/kmp", "ghcr.io/x/kmp"));
        Assert.Null(ImageIdentity.Digest(image, "ghcr.io/x/km"));
        Assert.Equal(("127.0.0.1:5000/x", "1"), (ImageIdentity.RepositoryOf("127.0.0.1:5000/x:1"), ImageIdentity.TagOf("127.0.0.1:5000/x:1")));
        Assert.Equal(("127.0.0.1:5000/x", null), (ImageIdentity.RepositoryOf("127.0.0.1:5000/x"), ImageIdentity.TagOf("127.0.0.1:5000/x")));
    }

    [Fact]
    public void Evidence_names_environment_variables_and_never_tells_their_values()
    {
        var text = Encoding.UTF8.GetString(ComposeEvidence.Redact("""{"Id":"1","Config":{"Env":["DB_PASSWORD=hunter2=x","PATH=/bin"]}}"""u8.ToArray()));
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.Contains("DB_PASSWORD=", text, StringComparison.Ordinal);
    }
}
