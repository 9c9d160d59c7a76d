using UpgradeOps.WindowsService;

// --name SERVICE --port PORT --log FILE; beside it `release.txt`, with the version and how it behaves:
// good; bad (answers 503); crash (dies at its start); ends (stops by itself with exit code 3); dies (does not serve, and dies after four seconds); stubborn (does not stop); slow (takes a second to start).
var options = args.Chunk(2).ToDictionary(a => a[0].TrimStart('-'), a => a[1]);
var release = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "release.txt")).Split(' ', StringSplitOptions.TrimEntries);
var log = new ServiceLog(options["log"]);
log.Write($"{release[0]} opens its ledger");
if (release[1] == "crash")
{
    log.Write("the ledger is locked");
    Environment.Exit(7);
}

return ServiceMain.Run(options["name"], new Work(release[0], release[1], int.Parse(options["port"]), log));
