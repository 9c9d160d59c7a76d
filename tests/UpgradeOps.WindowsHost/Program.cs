using UpgradeOps;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Operations;
using UpgradeOps.KillHost;
using UpgradeOps.WindowsHost;

// supervise <definition>: reads commands about its service, one a line, until the end of its input.
// <verb> <definition> <version or -> <config folder> <state folder> <boundary, 0 for none>
// Output: "killed <boundary>" when it was reached; else one line of JSON: "result" or "error", and "passed", the number of boundaries.
if (args is ["supervise", var supervised])
    return await SupervisorLoop.RunAsync(supervised);
var (verb, definition, version) = (args[0], args[1], args[2]);
var boundaries = new Boundaries(int.Parse(args[5]), TimeSpan.Zero);
var options = new EngineOptions { ConfigFolder = args[3], StateFolder = args[4] };
var session = new EngineSession(options)
{
    WatchState = state => new WatchedState(state, boundaries),
    Hosts = new HostList(Environment.GetEnvironmentVariable, options.Time) { Local = static () => new WineHost() },
};
var none = CancellationToken.None;
try
{
    object result = verb switch
    {
        "plan" => await new PlanUpdate(session).RunAsync(new UpdateOptions { Name = definition, Version = version }, none),
        "update" => await new UpdateApp(session).RunAsync(new UpdateOptions { Name = definition, Version = version }, none),
        "resume" => await new ResumeUpdate(session).RunAsync(new ResumeOptions { Name = definition }, none),
        "undo" => await new UndoUpdate(session).RunAsync(new UndoOptions { Name = definition }, none),
        "backup" => await new BackupApp(session).RunAsync(definition, none),
        "status" => await new GetStatus(session).RunAsync(definition, none),
        "log" => await new ReadLogs(session).RunAsync(definition, 100, follow: false, none).ToListAsync(),
        _ => throw new ArgumentException($"no verb '{verb}'"),
    };
    Console.Out.WriteLine(EngineJson.Write(new { result, passed = boundaries.Passed }));
}
catch (AppException e)
{
    Console.Out.WriteLine(EngineJson.Write(new { error = e.Error, passed = boundaries.Passed }));
}

return 0;
