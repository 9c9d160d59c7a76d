using System.Text;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Releases.Registry.Auth;

namespace UpgradeOps.Engine.Tests.Releases.Registry;

public sealed class DockerCredentialsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("upgradeops-docker-").FullName;
    private readonly HelperHost _host = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("ghcr.io", "ghcr.io")]
    [InlineData("https://ghcr.io", "ghcr.io")]
    [InlineData("https://ghcr.io/v2/", "ghcr.io")]
    [InlineData("GHCR.io", "ghcr.io")]
    [InlineData("https://index.docker.io/v1/", "docker.io")]
    [InlineData("localhost:5000", "localhost:5000")]
    public async Task The_file_holds_user_and_password(string key, string registry)
    {
        var found = await FindAsync($$"""{"auths":{"other.example":{"auth":"eDp5"},"{{key}}":{"auth":"{{Base64("deploy:p:ä")}}" } } }""", registry);
        Assert.Equal(("deploy", "p:ä", false), (found!.User, found.Secret, found.IsIdentityToken));
        Assert.Equal("as deploy (docker login)", found.ToString());
    }

    [Fact]
    public async Task The_file_may_hold_an_identity_token()
    {
        var found = await FindAsync($$"""{"auths":{"ghcr.io":{"auth":"{{Base64("00000000:")}}","identitytoken":"long"} } }""");
        Assert.Equal(("long", true), (found!.Secret, found.IsIdentityToken));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"auths":{"other.example":{"auth":"eDp5"}}}""")]
    [InlineData("""{"auths":{"ghcr.io":{}}}""")]
    public async Task No_login_is_anonymous(string? file)
    {
        var source = Open(file);
        Assert.Null(await source.FindAsync(default));
        Assert.Null(source.Trouble);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"auths":{"ghcr.io":{"auth":"%%%"}}}""")]
    [InlineData("""{"auths":{"ghcr.io":{"auth":"bm9jb2xvbg=="}}}""")]
    [InlineData("""{"credHelpers":{"ghcr.io":5}}""")]
    public async Task A_file_that_cannot_be_used_is_anonymous_with_the_reason(string file)
    {
        var source = Open(file);
        Assert.Null(await source.FindAsync(default));
        if (file != "[]")
            Assert.Contains("config.json cannot be used", source.Trouble, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"credsStore":"own"}""", "docker.io", "https://index.docker.io/v1/")]
    [InlineData("""{"credsStore":"other","credHelpers":{"ghcr.io":"own"}}""", "ghcr.io", "ghcr.io")]
    public async Task A_helper_is_asked_by_standard_input(string file, string registry, string question)
    {
        _host.Answer = """{"ServerURL":"x","Username":"deploy","Secret":"s3cret"}""";
        var found = await FindAsync(file, registry);
        Assert.Equal(("deploy", "s3cret"), (found!.User, found.Secret));
        Assert.Equal(("docker-credential-own", "get", question), _host.Asked);
    }

    [Fact]
    public async Task A_helper_may_hold_an_identity_token()
    {
        _host.Answer = """{"Username":"<token>","Secret":"long"}""";
        Assert.True((await FindAsync("""{"credsStore":"own"}"""))!.IsIdentityToken);
    }

    [Fact]
    public async Task What_a_helper_does_not_have_may_be_in_the_file()
    {
        (_host.ExitCode, _host.Answer) = (1, "credentials not found in native keychain\n");
        var source = Open($$"""{"credsStore":"own","auths":{"ghcr.io":{"auth":"{{Base64("deploy:x")}}" } } }""");
        Assert.Equal("deploy", (await source.FindAsync(default))!.User);
        Assert.Null(source.Trouble);
    }

    [Fact]
    public async Task A_helper_that_fails_is_anonymous_with_the_reason()
    {
        (_host.ExitCode, _host.Answer) = (3, "vault is locked, secret=abc");
        var source = Open("""{"credsStore":"own"}""");
        Assert.Null(await source.FindAsync(default));
        Assert.Equal("docker-credential-own failed with exit code 3", source.Trouble);
    }

    [Fact]
    public async Task A_helper_that_is_missing_is_named()
    {
        _host.Failure = new AppException(ErrorIds.HostCommandMissing, "There is no command docker-credential-own.");
        var source = Open("""{"credsStore":"own"}""");
        Assert.Null(await source.FindAsync(default));
        Assert.Contains("docker-credential-own", source.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_helper_is_no_path()
    {
        var source = Open("""{"credsStore":"../../bin/sh"}""");
        Assert.Null(await source.FindAsync(default));
        Assert.Equal(default, _host.Asked);
        Assert.NotNull(source.Trouble);
    }

    private Task<RegistryCredential?> FindAsync(string file, string registry = "ghcr.io") => Open(file, registry).FindAsync(default);

    private DockerCredentials Open(string? file, string registry = "ghcr.io")
    {
        if (file is not null)
            File.WriteAllText(Path.Combine(_folder, "config.json"), file);
        return new DockerCredentials(_folder, registry, _host);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private sealed class HelperHost : IHost
    {
        public string Answer { get; set; } = "";

        public int ExitCode { get; set; }

        public AppException? Failure { get; set; }

        public (string Command, string Arguments, string Question) Asked { get; private set; }

        public string Address => "local";

        public IHostFiles Files => throw new NotSupportedException();

        public Task<CommandResult> RunAsync(HostCommand command, CancellationToken cancellationToken) => throw new NotSupportedException();

        public async Task<CommandResult> StreamAsync(HostCommand command, Stream? input, Stream? output, CancellationToken cancellationToken)
        {
            if (Failure is not null)
                throw Failure;
            Asked = (command.FileName, string.Join(' ', command.Arguments), await new StreamReader(input!).ReadToEndAsync(cancellationToken));
            await output!.WriteAsync(Encoding.UTF8.GetBytes(Answer), cancellationToken);
            return new CommandResult(ExitCode, "", "");
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
