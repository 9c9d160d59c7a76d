using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Platforms.Service.Supervisors;

namespace UpgradeOps.WindowsHost;

/// <summary>
/// The supervisor of a definition's service, told by lines: <c>inspect</c>, <c>start FOLDER</c>, <c>stop</c> and <c>check</c>. Each is answered by one line of JSON, <c>result</c> or
/// <c>error</c>, and by a supervisor that remembers nothing.
/// </summary>
internal static class SupervisorLoop
{
    public static async Task<int> RunAsync(string path)
    {
        while (await Console.In.ReadLineAsync() is { } line)
        {
            try
            {
                Console.Out.WriteLine(EngineJson.Write(new { result = await AnswerAsync(path, line.Split(' ', 2)) }));
            }
            catch (AppException e)
            {
                Console.Out.WriteLine(EngineJson.Write(new { error = e.Error }));
            }
        }

        return 0;
    }

    private static async Task<object?> AnswerAsync(string path, string[] command)
    {
        var none = CancellationToken.None;
        var definition = await DefinitionLoader.LoadAsync(path, none);
        var supervisor = SupervisorList.Open(definition, definition.Platform.Service!, new WineHost(), TimeProvider.System);
        switch (command)
        {
            case ["inspect"]:
                return await supervisor.InspectAsync(none);
            case ["start", var folder]:
                return await supervisor.StartAsync(folder, none);
            case ["stop"]:
                await supervisor.StopAsync((await supervisor.InspectAsync(none))!, none);
                return null;
            case ["check"]:
                return await supervisor.CheckAsync(none);
            default:
                throw new ArgumentException($"no command '{string.Join(' ', command)}'");
        }
    }
}
