using UpgradeOps;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Operations;
using UpgradeOps.KillHost;

// <verb> <name> <version or -> <config folder> <state folder> <boundary, 0 for none> <milliseconds after it> <data policy of an undo or ->
// Output: "killed <boundary>" when it was reached; when the process lived to the end "ended <status>" and "passed <number of boundaries>".
var (verb, name, version) = (args[0], args[1], args[2]);
var boundaries = new Boundaries(int.Parse(args[5]), TimeSpan.FromMilliseconds(double.Parse(args[6])));
DataPolicy? data = args[7] == "-" ? null : Enum.Parse<DataPolicy>(args[7]);
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
        "undo" => await new UndoUpdate(session).RunAsync(new UndoOptions { Name = name, Data = data, Force = data is not null }, CancellationToken.None),
        _ => throw new ArgumentException($"no verb '{verb}'"),
    };
    Console.Out.WriteLine($"ended {result.Status}\npassed {boundaries.Passed}");
    return 0;
}
catch (AppException e) when (e.ErrorId is ErrorIds.NothingToResume or ErrorIds.NothingToUndo)
{
    Console.Out.WriteLine($"ended {e.ErrorId}\npassed {boundaries.Passed}");
    return 0;
}
