using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Cli.Demo;

/// <summary>The demo's acts. It believes nothing: what it claims, it looks up in the application itself.</summary>
internal sealed class DemoStory : IAsyncDisposable
{
    private const string App = "notes";
    private const int SigKillExitCode = 128 + 9;

    private readonly Sandbox sandbox;
    private readonly Narrator narrator;
    private readonly IProgressSink timeline;
    private readonly EngineSession session;
    private readonly NotesClient client;
    private readonly CancellationToken stop;
    private readonly List<UpdateResult> updates = [];
    private NoteWriter? writer;

    public DemoStory(Sandbox sandbox, Verb verb, Narrator narrator)
    {
        this.sandbox = sandbox;
        this.narrator = narrator;
        timeline = verb.Screen.Progress(ProgressStyle.Text);
        session = new EngineSession(new EngineOptions { ConfigFolder = sandbox.Config, StateFolder = sandbox.State, Progress = timeline });
        client = new NotesClient(sandbox.Address);
        stop = verb.Stop;
    }

    public IReadOnlyList<UpdateResult> Updates => updates;

    public int AcknowledgedNotes => writer?.Acknowledged().Count ?? 0;

    public int UnansweredNotes => writer?.Unanswered ?? 0;

    /// <summary>Act by act; after one that does not end as it should, the next would prove nothing.</summary>
    public async Task RunAsync()
    {
        foreach (var act in new[] { InstallAsync, UpdateThatWorksAsync, UpdateThatDoesNotAsync, UpdateThatIsKilledAsync, EndAsync })
        {
            if (!await act())
                return;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (writer is not null)
            await writer.DisposeAsync();
        client.Dispose();
    }

    private async Task<bool> InstallAsync()
    {
        narrator.Act("A fresh installation of notes 1.0.0");
        narrator.Say($"sandbox {sandbox.Folder} serving on http://{sandbox.Address}");
        sandbox.Install("1.0.0");
        await new RegisterApp(session).RunAsync(sandbox.Definition, force: false, stop);
        var started = await new UpdateApp(session).RunAsync(new UpdateOptions { Name = App, Version = "1.0.0" }, stop);
        return narrator.Check("1.0.0 is started and answers", started.Status == UpdateStatus.Kept && await ServesAsync("1.0.0"), Why(started));
    }

    private async Task<bool> UpdateThatWorksAsync()
    {
        writer = new NoteWriter(client);
        await writer.WaitForNewNotesAsync(10, stop);
        narrator.Say("somebody writes notes from now on, up to fifty a second, all the time");

        narrator.Act("1. An update that works: 1.0.0 to 1.1.0");
        var kept = await UpdateAsync("1.1.0");
        return narrator.Check("the update was kept", kept.Status == UpdateStatus.Kept, Why(kept))
            & narrator.Check("1.1.0 answers", await ServesAsync("1.1.0"))
            && await CheckNotesAsync();
    }

    private async Task<bool> UpdateThatDoesNotAsync()
    {
        narrator.Act("2. An update that does not: the health page of 1.2.0 answers 503");
        var undone = await UpdateAsync("1.2.0");
        var status = await new GetStatus(session).RunAsync(App, stop);
        return narrator.Check("the update was undone, and says why", undone is { Status: UpdateStatus.Undone, Error: not null }, Why(undone))
            & narrator.Check("1.1.0 answers again", await ServesAsync("1.1.0"))
            & narrator.Check("what the bad version wrote was kept as evidence", undone.Evidence.Count > 0 && undone.Evidence.All(File.Exists), $"{undone.Evidence.Count} files")
            & narrator.Check("1.2.0 is remembered as bad and not offered again", status.KnownBad.Any(b => b.Version == "1.2.0"))
            && await CheckNotesAsync();
    }

    private async Task<bool> UpdateThatIsKilledAsync()
    {
        narrator.Act("3. An update whose process is killed in the middle: 1.1.0 to 1.3.0");
        writer!.TakeLongestGap();
        var (processId, exitCode, killedAfter) = await new KilledUpdate(sandbox, timeline).RunAsync("1.3.0", stop);
        narrator.Say($"process {processId} got SIGKILL after {killedAfter ?? "nothing"}");
        var status = await new GetStatus(session).RunAsync(App, stop);
        if (!(narrator.Check("the updating process was killed in the middle of the switch", killedAfter is not null && exitCode == SigKillExitCode, $"exit code {exitCode}")
            & narrator.Check("the journal knows that an operation is open", status.PendingOperation is not null, status.PendingOperation)))
        {
            return false;
        }

        narrator.Say("resume, in another process than the one that began:");
        var resumed = await new ResumeUpdate(session).RunAsync(new ResumeOptions { Name = App }, stop);
        updates.Add(resumed);
        await SeenAsync();
        return narrator.Check("resume finished the update", resumed is { Status: UpdateStatus.Kept, Resumed: true }, Why(resumed))
            & narrator.Check("1.3.0 answers", await ServesAsync("1.3.0"))
            && await CheckNotesAsync();
    }

    private async Task<bool> EndAsync()
    {
        await writer!.StopAsync();
        var all = await client.AllAsync(stop);
        var acknowledged = writer.Acknowledged();
        narrator.Act("In the end");
        return narrator.Check("every note that was ever acknowledged is there", acknowledged.Count > 0 && acknowledged.All(all.Contains), $"{acknowledged.Count} notes");
    }

    private async Task<UpdateResult> UpdateAsync(string version)
    {
        writer!.TakeLongestGap();
        var result = await new UpdateApp(session).RunAsync(new UpdateOptions { Name = App, Version = version }, stop);
        updates.Add(result);
        await SeenAsync();
        return result;
    }

    private async Task SeenAsync()
    {
        await writer!.WaitForNewNotesAsync(3, stop);
        narrator.Say($"the longest time without an answer, seen from outside: {Units.Duration(writer.TakeLongestGap().TotalSeconds)}");
    }

    private async Task<bool> CheckNotesAsync()
    {
        await writer!.WaitForNewNotesAsync(3, stop);
        var acknowledged = writer.Acknowledged();
        var all = await client.AllAsync(stop);
        var lost = acknowledged.Count(n => !all.Contains(n));
        return narrator.Check("every acknowledged note is there, and new ones are taken", lost == 0 && acknowledged.Count > 0, $"{acknowledged.Count} notes, {lost} lost");
    }

    private async Task<bool> ServesAsync(string version) => await client.HealthAsync(stop) == (200, version);

    private static string Why(UpdateResult result) =>
        $"{result.Status}{(result.OutageSeconds is { } outage ? $", outage {Units.Duration(outage)}" : "")}{(result.Error is { } error ? $", {error.ErrorId}" : "")}";
}
