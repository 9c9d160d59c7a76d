using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Cli.Demo;

/// <summary>The demo's three acts. It believes nothing: what it claims, it looks up in the application itself.</summary>
internal sealed class DemoStory(Sandbox sandbox, Verb verb, Narrator narrator)
{
    private const string App = "notes";
    private const int SigKillExitCode = 128 + 9;

    private readonly IProgressSink timeline = verb.Screen.Progress(ProgressStyle.Text);
    private readonly List<UpdateResult> updates = [];

    public IReadOnlyList<UpdateResult> Updates => updates;

    private CancellationToken Stop => verb.Stop;

    public async Task<(int Acknowledged, int Unanswered)> RunAsync()
    {
        var session = new EngineSession(new EngineOptions { ConfigFolder = sandbox.Config, StateFolder = sandbox.State, Progress = timeline });
        using var client = new NotesClient(sandbox.Address);

        narrator.Act("A fresh installation of notes 1.0.0");
        narrator.Say($"sandbox {sandbox.Folder}, serving on http://{sandbox.Address}");
        await new RegisterApp(session).RunAsync(sandbox.Definition, force: false, Stop);
        var installed = await new UpdateApp(session).RunAsync(new UpdateOptions { Name = App, Version = "1.0.0" }, Stop);
        narrator.Check("1.0.0 is installed and answers", installed.Status == UpdateStatus.Kept && await ServesAsync(client, "1.0.0"), Why(installed));

        await using var writer = new NoteWriter(client);
        await writer.WaitForNewNotesAsync(10, Stop);
        narrator.Say("somebody writes notes from now on, about forty a second, all the time");

        narrator.Act("1. An update that works: 1.0.0 to 1.1.0");
        var kept = await UpdateAsync(session, writer, "1.1.0");
        narrator.Check("the update was kept", kept.Status == UpdateStatus.Kept, Why(kept));
        narrator.Check("1.1.0 answers", await ServesAsync(client, "1.1.0"));
        await CheckNotesAsync(client, writer);

        narrator.Act("2. An update that does not: the health page of 1.2.0 answers 503");
        var undone = await UpdateAsync(session, writer, "1.2.0");
        narrator.Check("the update was undone, and says why", undone is { Status: UpdateStatus.Undone, Error: not null }, Why(undone));
        narrator.Check("1.1.0 answers again", await ServesAsync(client, "1.1.0"));
        narrator.Check("what the bad version wrote was kept as evidence", undone.Evidence.Count > 0 && undone.Evidence.All(File.Exists), $"{undone.Evidence.Count} files");
        await CheckNotesAsync(client, writer);
        var status = await new GetStatus(session).RunAsync(App, Stop);
        narrator.Check("1.2.0 is remembered as bad and not offered again", status.KnownBad.Contains("1.2.0"));

        narrator.Act("3. An update whose process is killed in the middle: 1.1.0 to 1.3.0");
        var (processId, exitCode, killedAfter) = await new KilledUpdate(sandbox, timeline).RunAsync("1.3.0", Stop);
        narrator.Say($"process {processId} got SIGKILL after {killedAfter ?? "nothing"}");
        narrator.Check("the updating process was killed in the middle of the switch", killedAfter is not null && exitCode == SigKillExitCode, $"exit code {exitCode}");
        status = await new GetStatus(session).RunAsync(App, Stop);
        narrator.Check("the journal knows that an operation is open", status.PendingOperation is not null, status.PendingOperation);
        narrator.Say("resume, in another process than the one that began:");
        var resumed = await new ResumeUpdate(session).RunAsync(new ResumeOptions { Name = App }, Stop);
        updates.Add(resumed);
        narrator.Check("resume finished the update", resumed is { Status: UpdateStatus.Kept, Resumed: true }, Why(resumed));
        narrator.Check("1.3.0 answers", await ServesAsync(client, "1.3.0"));
        await CheckNotesAsync(client, writer);
        Seen(writer);

        await writer.StopAsync();
        var all = await client.AllAsync(Stop);
        var acknowledged = writer.Acknowledged();
        narrator.Act("In the end");
        narrator.Check("every note that was ever acknowledged is there", acknowledged.Count > 0 && acknowledged.All(all.Contains), $"{acknowledged.Count} notes");
        return (acknowledged.Count, writer.Unanswered);
    }

    private async Task<UpdateResult> UpdateAsync(EngineSession session, NoteWriter writer, string version)
    {
        writer.TakeLongestGap();
        var result = await new UpdateApp(session).RunAsync(new UpdateOptions { Name = App, Version = version }, Stop);
        updates.Add(result);
        await writer.WaitForNewNotesAsync(3, Stop);
        Seen(writer);
        return result;
    }

    private void Seen(NoteWriter writer) =>
        narrator.Say($"the longest time without an answer, seen from outside: {Units.Duration(writer.TakeLongestGap().TotalSeconds)}");

    private async Task CheckNotesAsync(NotesClient client, NoteWriter writer)
    {
        await writer.WaitForNewNotesAsync(3, Stop);
        var acknowledged = writer.Acknowledged();
        var all = await client.AllAsync(Stop);
        var lost = acknowledged.Count(n => !all.Contains(n));
        narrator.Check("every acknowledged note is there, and new ones are taken", lost == 0 && acknowledged.Count > 0, $"{acknowledged.Count} notes, {lost} lost");
    }

    private async Task<bool> ServesAsync(NotesClient client, string version) => await client.HealthAsync(Stop) == (200, version);

    private static string Why(UpdateResult result) =>
        $"{result.Status}{(result.OutageSeconds is { } outage ? $", outage {Units.Duration(outage)}" : "")}{(result.Error is { } error ? $", {error.ErrorId}" : "")}";
}
