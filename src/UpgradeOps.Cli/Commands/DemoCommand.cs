using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Demo;
using UpgradeOps.Engine.Json;

namespace UpgradeOps.Cli.Commands;

internal sealed class DemoCommand()
    : VerbCommand("demo", "Shows an update that is kept, one that is undone and one that is killed and resumed, in a sandbox; changes nothing else.")
{
    public override async Task<int> RunAsync(Verb verb)
    {
        if (!OperatingSystem.IsLinux())
            throw new AppException(ErrorIds.DefinitionNotImplemented, "The demo runs on Linux only: its supervisor needs /proc.", "demo", "Run it on a Linux machine or in a container.");

        var narrator = new Narrator(verb.Screen);
        var sandbox = Sandbox.Create();
        await using var story = new DemoStory(sandbox, verb, narrator);
        try
        {
            await story.RunAsync();
        }
        finally
        {
            await sandbox.EndAllAsync();
            narrator.Check("nothing is left running", sandbox.Processes().Count == 0);
            sandbox.Delete();
            narrator.Check("the sandbox is gone", !Directory.Exists(sandbox.Folder));
        }

        // What was broken off proves nothing, neither way.
        verb.Stop.ThrowIfCancellationRequested();
        var report = new DemoReport
        {
            Passed = narrator.Claims.All(c => c.Holds),
            Updates = story.Updates,
            Claims = narrator.Claims,
            AcknowledgedNotes = story.AcknowledgedNotes,
            UnansweredNotes = story.UnansweredNotes,
        };
        verb.Screen.Tell("");
        verb.Screen.Tell(report.Passed ? $"[bold green]All {report.Claims.Count} claims hold.[/]" : $"[bold red]{report.Claims.Count(c => !c.Holds)} of {report.Claims.Count} claims fail.[/]");
        if (verb.Screen.Json)
            Console.Out.WriteLine(EngineJson.Write(report, indented: true));
        return report.Passed ? ExitCodes.Ok : ExitCodes.Error;
    }
}
