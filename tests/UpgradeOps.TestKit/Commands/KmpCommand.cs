using System.Text.Json;

namespace UpgradeOps.TestKit.Commands;

/// <summary>The <c>kmp</c> commands: installations for Pester and for people.</summary>
internal static class KmpCommand
{
    public static async Task RunAsync(Arguments arguments)
    {
        switch (arguments.Word("up, publish, list or down"))
        {
            case "up":
                await UpAsync(arguments);
                break;
            case "publish":
                await PublishAsync(arguments);
                break;
            case "list":
                arguments.Done();
                foreach (var stack in RunningStack.All())
                    Console.WriteLine($"{stack.Id}  {stack.Url}  {stack.Definition}");
                break;
            case "down":
                var id = arguments.Word("id");
                arguments.Done();
                await RunningStack.Load(id).EndAsync();
                break;
            case var other:
                throw new ArgumentException($"unknown: kmp {other}");
        }
    }

    private static async Task UpAsync(Arguments arguments)
    {
        var options = new KmpStackOptions
        {
            Database = arguments.Option("--db", DatabaseKind.None),
            Tag = arguments.Option("--tag") ?? "v1.0.0",
            Bake = arguments.Option("--bake") ?? "1s",
            DatabaseInterval = arguments.Option("--db-interval") ?? KmpStackOptions.Default.DatabaseInterval,
        };
        var json = arguments.Option("--json") is not null;
        arguments.Done();

        var registry = await RegistryServer.StartAsync(new RegistryOptions { Detached = true });
        try
        {
            var images = new TestImages(registry);
            await images.PublishAllAsync();
            var stack = await KmpStack.StartAsync(images, options);
            var running = new RunningStack(stack.Project, stack.DefinitionPath, stack.Folder, stack.Url, stack.Project,
                registry.Host, images.Repository, options.Database, registry.Process, registry.Folder);
            running.Save();
            stack.Release();
            Print(running, json);
        }
        catch
        {
            await registry.DisposeAsync();
            throw;
        }
    }

    private static void Print(RunningStack running, bool json)
    {
        // The whole command, so that a script can run it without knowing where this program is.
        string[] down = [Environment.ProcessPath!, .. IsHosted ? [typeof(KmpCommand).Assembly.Location] : Array.Empty<string>(), "kmp", "down", running.Id];
        if (json)
        {
            var document = JsonSerializer.SerializeToNode(running, Json.Options)!.AsObject();
            document["stop"] = JsonSerializer.SerializeToNode(down);
            Console.WriteLine(document.ToJsonString(Json.Options));
            return;
        }
        Console.WriteLine($"application  {running.Url}health");
        Console.WriteLine($"definition   {running.Definition}");
        Console.WriteLine($"images       {running.Image}");
        Console.WriteLine($"end it with  {string.Join(' ', down)}");
    }

    private static bool IsHosted => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";

    private static async Task PublishAsync(Arguments arguments)
    {
        var running = RunningStack.Load(arguments.Word("id"));
        var version = arguments.Word("version");
        var like = arguments.Option("--like") ?? version;
        var model = KmpRelease.All.FirstOrDefault(r => r.Version == like) ?? KmpRelease.V100;
        var release = model with
        {
            Version = version,
            Behaviour = arguments.Option("--behaviour", model.Behaviour),
            Build = int.Parse(arguments.Option("--build") ?? "1"),
        };
        var tags = (arguments.Option("--tags") ?? version).Split(',');
        arguments.Done();
        var image = await KmpImage.BuildAsync(release);
        using var client = new HttpClient { BaseAddress = new Uri($"http://{running.Registry}/") };
        Console.WriteLine(await new ImagePush(client, KmpImage.Repository).PushAsync(image, tags));
    }
}
