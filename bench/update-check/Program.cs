using System.Diagnostics;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Releases;
using UpgradeOps.TestKit;
using UpgradeOps.UpdateCheck;

const int Images = 100;
const int BySkopeo = 20;
var roundTrip = TimeSpan.FromMilliseconds(80);

if (Require.Missing(Part.Registry, Part.Compiler) is { } reason)
{
    Console.Error.WriteLine(reason);
    return 1;
}

Console.WriteLine($"{Images} images, {roundTrip.TotalMilliseconds:0} ms there and back; median of 5 cold runs");
foreach (var (name, options) in new[] { ("open, plain", RegistryOptions.Open), ("bearer tokens, TLS", new RegistryOptions { Auth = RegistryAuth.Bearer, AnonymousPull = true }) })
{
    await using var registry = await RegistryServer.StartAsync(options);
    await PublishAsync(registry);
    var times = new List<double>();
    var requests = 0;
    for (var run = 0; run < 5; run++)
    {
        var before = (await registry.RequestsAsync()).Count;
        times.Add(await CheckAsync(registry));
        var asked = (await registry.RequestsAsync()).Skip(before).ToList();
        requests = asked.Count;
        if (asked.Exists(r => r.Method != "HEAD"))
            throw new InvalidOperationException("a check asked by more than HEAD");
    }
    Console.WriteLine($"{name,-20} {times.Order().ElementAt(2),6:0.00} s   {requests} requests, all HEAD");
    if (options.Auth == RegistryAuth.Anonymous && ProgramPath.Find("skopeo") is not null)
    {
        var skopeo = await SkopeoAsync(registry) * Images / BySkopeo;
        Console.WriteLine($"{"skopeo in a loop",-20} {skopeo,6:0.00} s   {skopeo / times.Order().ElementAt(2):0} times as long");
    }
}
return 0;

static string Repository(int i) => $"team/app-{i:000}";

static async Task PublishAsync(RegistryServer registry)
{
    var image = await KmpImage.BuildAsync(KmpRelease.V100);
    for (var i = 0; i < Images; i++)
        await registry.Push(Repository(i)).PushAsync(image, "latest", "v1.0.0");
}

// Cold: another port each time, so that neither connections nor tokens are left from before.
async Task<double> CheckAsync(RegistryServer registry)
{
    using var way = new FarAway(registry.Host, roundTrip);
    var host = new LocalHost();
    var factory = new ReleaseSourceFactory(host, TimeProvider.System) { DockerFolder = "/nowhere" };
    var watch = Stopwatch.StartNew();
    await Task.WhenAll(Enumerable.Range(0, Images).Select(i => factory.Open(Define(i, way.Host, registry), host, new NoSecrets()).PeekAsync(null, null, default)));
    return watch.Elapsed.TotalSeconds;
}

async Task<double> SkopeoAsync(RegistryServer registry)
{
    using var way = new FarAway(registry.Host, roundTrip);
    var watch = Stopwatch.StartNew();
    for (var i = 0; i < BySkopeo; i++)
        await Command.OutputAsync("skopeo", "list-tags", "--tls-verify=false", $"docker://{way.Host}/{Repository(i)}");
    return watch.Elapsed.TotalSeconds;
}

static AppDefinition Define(int i, string host, RegistryServer registry) => new()
{
    Name = $"app-{i:000}",
    Path = "/nowhere.yaml",
    Platform = new PlatformDefinition { Compose = new ComposeDefinition { Directory = "/nowhere", Service = "app", Variable = "TAG" } },
    Releases = new ReleasesDefinition
    {
        Image = $"{host}/{Repository(i)}",
        Channels = new Dictionary<string, string> { ["release"] = "latest" },
        Channel = "release",
        CertificateAuthority = registry.Authority is null ? null : Path.Combine(registry.Folder, "ca.crt"),
    },
};

internal sealed class NoSecrets : ISecretResolver
{
    public Task<string> ResolveAsync(string reference, CancellationToken cancellationToken) => throw new NotSupportedException();
}
