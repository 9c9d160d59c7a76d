using System.Net;
using System.Text;

namespace UpgradeOps.Integration.Git;

/// <summary>A repository behind a web server that asks for a password.</summary>
public sealed class GitPasswordTests
{
    private const string Secret = "it's a $ecret \"word\"";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_password_reaches_the_server_alone_and_a_wrong_one_is_told()
    {
        using var rig = await GitRig.OpenAsync();
        var commit = await rig.Workshop.CommitAsync("First", ("run", "1"));
        await rig.Workshop.TagAsync("v1.0.0");
        await rig.Workshop.GitAsync("-C", rig.Workshop.Origin, "update-server-info");
        using var server = new Server(rig.Workshop.Origin, $"ada:{Secret}");
        rig.Known["env:GOOD"] = Secret;
        rig.Known["env:BAD"] = "guessed-wrong";

        var (source, _) = rig.Open(r => r with { Git = server.Address, User = "ada", Password = "env:GOOD" });
        Assert.Equal($"sha1:{commit}", (await source.PeekAsync("v1.0.0", null, Token)).Digest);
        Assert.Equal($"sha1:{commit}", (await source.ResolveAsync("v1.0.0", null, Token)).Digest);
        Assert.True(server.Welcomed > 0);
        Assert.True(server.SeenInProcessList == 0, "the password stood in a process list");

        foreach (var stranger in new[] { rig.Open(r => r with { Git = server.Address, User = "ada", Password = "env:BAD" }), rig.Open(r => r with { Git = server.Address }) })
        {
            var error = await Assert.ThrowsAsync<AppException>(() => stranger.Source.ResolveAsync("v1.0.0", null, Token));
            Assert.True(error.ErrorId == ErrorIds.RepositoryUnauthorized, $"{error.ErrorId}: {error.Message}");
            Assert.DoesNotContain("guessed-wrong", error.Message);
        }
    }

    [Fact]
    public async Task A_repository_that_is_not_on_this_disk_has_no_submodules_on_it()
    {
        using var rig = await GitRig.OpenAsync();
        using var other = await GitWorkshop.OpenAsync();
        await other.CommitAsync("Another application's", ("secret.txt", "x"));
        await rig.Workshop.GitAsync("submodule", "--quiet", "add", other.Origin, "vendor/other");
        var commit = await rig.Workshop.CommitAsync("With a folder of the machine that builds it", ("run", "1"));
        await rig.Workshop.GitAsync("-C", rig.Workshop.Origin, "update-server-info");
        using var server = new Server(rig.Workshop.Origin, $"ada:{Secret}");
        rig.Known["env:GOOD"] = Secret;

        var (source, repository) = rig.Open(r => r with { Git = server.Address, User = "ada", Password = "env:GOOD" });
        await source.ResolveAsync(null, "main", Token);
        foreach (var write in (Func<Task>[])[() => repository.ExportAsync(commit, rig["out"], Token), () => repository.CheckOutAsync(commit, rig["tree"], fresh: false, Token)])
        {
            var error = await Assert.ThrowsAsync<AppException>(write);
            Assert.True(error.ErrorId == ErrorIds.SubmoduleMissing, $"{error.ErrorId}: {error.Message}");
            Assert.Contains("transport 'file' not allowed", error.Message);
        }

        Assert.False(File.Exists(rig["out/vendor/other/secret.txt"]) || File.Exists(rig["tree/vendor/other/secret.txt"]));
    }

    /// <summary>Gives the files of a repository to who knows the password, and looks at the process list meanwhile.</summary>
    private sealed class Server : IDisposable
    {
        private readonly HttpListener listener = new();
        private readonly string folder;
        private readonly string credentials;
        private int welcomed;
        private int seen;

        public Server(string folder, string credentials)
        {
            this.folder = folder;
            this.credentials = credentials;
            var port = FreePort.Next();
            Address = $"http://127.0.0.1:{port}/notes.git";
            listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            listener.Start();
            _ = ServeAsync();
        }

        public string Address { get; }

        public int Welcomed => welcomed;

        public int SeenInProcessList => seen;

        public void Dispose() => listener.Close();

        private async Task ServeAsync()
        {
            while (listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await listener.GetContextAsync();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                using var response = context.Response;
                var file = Path.Combine(folder, context.Request.Url!.AbsolutePath["/notes.git/".Length..]);
                if (context.Request.Headers["Authorization"] != $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}")
                {
                    response.StatusCode = 401;
                    response.AddHeader("WWW-Authenticate", "Basic realm=\"notes\"");
                }
                else if (!File.Exists(file))
                {
                    response.StatusCode = 404;
                }
                else
                {
                    Interlocked.Increment(ref welcomed);
                    Look();
                    await response.OutputStream.WriteAsync(await File.ReadAllBytesAsync(file));
                }
            }
        }

        private void Look()
        {
            foreach (var process in Directory.EnumerateDirectories("/proc").Where(p => char.IsAsciiDigit(Path.GetFileName(p)[0])))
            {
                try
                {
                    if (File.ReadAllText($"{process}/cmdline").Contains(Secret, StringComparison.Ordinal))
                        Interlocked.Increment(ref seen);
                }
                catch (IOException)
                {
                    // It has ended meanwhile.
                }
            }
        }
    }
}
