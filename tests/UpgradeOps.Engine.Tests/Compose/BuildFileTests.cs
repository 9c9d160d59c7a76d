using System.Text;
using System.Text.Json;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Platforms.Compose.Builds;
using UpgradeOps.Engine.Platforms.Compose.Model;

namespace UpgradeOps.Engine.Tests.Compose;

public sealed class BuildFileTests
{
    private const string Tree = "/srv/ch$t/.upgradeops/tree";

    [Theory]
    [InlineData(".", "/srv/ch$t", ".")]
    [InlineData(".", "/srv/ch$t/docker-compose.yml", "docker-compose.yml")]
    [InlineData("deploy/one", "/srv/ch$t/compose.yml", "deploy/one/compose.yml")]
    [InlineData("deploy/one/", "/srv", "deploy")]
    [InlineData("deploy", "/srv", ".")]
    [InlineData("deploy", "/srv/web/app", "web/app")]
    [InlineData(".", "/srv/web", null)]
    [InlineData("deploy", "/", null)]
    public void A_path_of_the_folder_is_found_in_the_repository_or_leads_out_of_it(string @in, string path, string? place) =>
        Assert.Equal(place, TreePlace.Of(Project(@in), path));

    [Fact]
    public void Only_how_images_are_built_is_left_with_the_tree_in_the_folders_place_and_the_commits_names()
    {
        const string Json = """
            { "name": "chat", "secrets": { "token": { "file": "/srv/ch$$t/secrets/token" } },
              "services": {
                "app": { "image": "chat:1", "env_file": ["/srv/ch$$t/.env"], "environment": { "PASSWORD": "x" },
                         "build": { "context": "/srv/ch$$t/server", "dockerfile": "Dockerfile", "args": { "A": "$$b" }, "tags": ["chat:latest"], "labels": { "own": "1" },
                                    "additional_contexts": { "web": "/srv/ch$$t/web", "base": "docker-image://base" }, "secrets": [ { "source": "token" } ] } },
                "worker": { "image": "chat:1" }, "db": { "image": "postgres" } } }
            """;
        var made = BuildFile.Make(
            Encoding.UTF8.GetBytes(Json), Project("."), Tree, new Dictionary<string, string> { ["app"] = "chat:git-1", ["worker"] = "chat:git-1" }, new Dictionary<string, string> { ["upgradeops.tag"] = "v$1" });
        using var file = JsonDocument.Parse(made);
        var root = file.RootElement;
        var app = Assert.Single(root.GetProperty("services").EnumerateObject());
        Assert.Equal(["build", "image"], app.Value.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        var build = app.Value.GetProperty("build");
        Assert.Equal(("chat:git-1", "/srv/ch$$t/.upgradeops/tree/server", "Dockerfile"), (app.Value.GetProperty("image").GetString(), build.GetProperty("context").GetString(), build.GetProperty("dockerfile").GetString()));
        Assert.Equal(("/srv/ch$$t/.upgradeops/tree/web", "docker-image://base"), (build.GetProperty("additional_contexts").GetProperty("web").GetString(), build.GetProperty("additional_contexts").GetProperty("base").GetString()));
        Assert.Equal(("1", "v$$1", "$$b"), (build.GetProperty("labels").GetProperty("own").GetString(), build.GetProperty("labels").GetProperty("upgradeops.tag").GetString(), build.GetProperty("args").GetProperty("A").GetString()));
        Assert.False(build.TryGetProperty("tags", out _));
        Assert.Equal("/srv/ch$$t/secrets/token", root.GetProperty("secrets").GetProperty("token").GetProperty("file").GetString());
    }

    [Fact]
    public void A_context_that_no_commit_has_is_refused()
    {
        var json = Encoding.UTF8.GetBytes("""{ "services": { "app": { "build": { "context": "/srv/elsewhere" } } } }""");
        var error = Assert.Throws<AppException>(() => BuildFile.Make(json, Project("."), Tree, new Dictionary<string, string> { ["app"] = "a:git-1" }, new Dictionary<string, string>()));
        Assert.Equal(ErrorIds.BuildFileMissing, error.ErrorId);
    }

    [Fact]
    public void Services_that_use_a_built_image_are_built_too_and_names_are_those_that_Compose_gives()
    {
        var model = ComposeModelReader.Read(Encoding.UTF8.GetBytes("""
            { "name": "chat", "volumes": { "data": { "name": "chat_data" } },
              "services": {
                "app": { "build": { "context": "/srv" }, "volumes": [ { "type": "volume", "source": "data", "target": "/data" }, { "type": "bind", "source": "/etc", "target": "/etc" } ] },
                "worker": { "image": "chat-app" }, "web": { "image": "web:2", "build": { "context": "/srv/web", "dockerfile_inline": "FROM x" } }, "db": { "image": "postgres:17" } } }
            """), "probe", []);
        Assert.Equal(["app", "web", "worker"], model.Built().Select(s => s.Name));
        Assert.Equal(["app", "db", "web", "worker"], BuiltServices.Of(model, "db").Select(s => s.Name));
        Assert.Equal(("chat-app:latest", "web:2"), (model.ImageOf(model.Services["app"]), model.ImageOf(model.Services["web"])));
        Assert.Equal(("chat_data", "Dockerfile", null), (Assert.Single(model.Services["app"].Volumes), model.Services["app"].Build!.Dockerfile, model.Services["web"].Build!.Dockerfile));
    }

    private static ComposeDefinition Project(string @in) => new() { Directory = "/srv/ch$t", Service = "app", Build = new ComposeBuildDefinition { In = @in } };
}
