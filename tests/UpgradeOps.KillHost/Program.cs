using UpgradeOps;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Operations;
using UpgradeOps.KillHost;

// <verb> <name> <version or -> <config folder> <state folder> <boundary, 0 for none> <milliseconds after it>
// Output: "killed <boundary>" when it was reached, "ended <status>" when the process lived to the end.
var (verb, name, version) = (args[0], args[1], args[2]);
var boundaries = new Boundaries(int.Parse(args[5]), TimeSpan.FromMilliseconds(double.Parse(args[6])));
var session = new EngineSession(new EngineOptions { ConfigFolder = args[3], StateFolder = args[4] })
{
    WatchState = state => new WatchedState(state, boundaries),
};
try
{
    var result = verb switch
    {
        "update" => await new UpdateApp(session).RunAsync(new UpdateOptions { Name = name, Version = version }, CancellationToken.None),
        "resume" => await new ResumeUpdate(session).RunAsync(new ResumeOptions { Name = name }, CancellationToken.None),
        "undo" => await new UndoUpdate(session).RunAsync(new UndoOptions { Name = name }, CancellationToken.None),
        _ => throw new ArgumentException($"no verb '{verb}'"),
    };
    Console.Out.WriteLine($"ended {result.Status}");
    return 0;
}
catch (AppException e) when (e.ErrorId is ErrorIds.NothingToResume or ErrorIds.NothingToUndo)
{
    Console.Out.WriteLine($"ended {e.ErrorId}");
    return 0;
}
