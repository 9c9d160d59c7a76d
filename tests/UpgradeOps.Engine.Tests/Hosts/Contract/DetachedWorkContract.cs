using System.Text;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Work;

namespace UpgradeOps.Engine.Tests.Hosts;

/// <summary>What work that is left on a host promises, on every kind of host.</summary>
public abstract class DetachedWorkContract : IDisposable
{
    private protected readonly TempFolder Folder = new();

    protected DetachedWorkContract() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Work is looked after with Linux's /proc.");

    private protected abstract IHost Host { get; }

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public virtual void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected DetachedWork Open(string name = "work") => new(Host, Folder[name], TimeProvider.System);

    [Fact]
    public async Task Its_log_and_its_result_are_known_to_whoever_asks()
    {
        Assert.Equal(WorkPhase.None, (await Open("it's new").LookAsync(Token)).Phase);
        await Open("it's new").StartAsync(Shell("echo out; echo \"$SECRET-$1\" >&2; pwd; exit 7", "a 'b'\n$c") with { WorkingDirectory = Folder.Path, Environment = new Dictionary<string, string> { ["SECRET"] = "s e'cret" } }, Token);
        using var log = new MemoryStream();

        var state = await Open("it's new").FollowAsync(0, log, Token);

        Assert.Equal($"out\ns e'cret-a 'b'\n$c\n{Folder.Path}\n", Encoding.UTF8.GetString(log.ToArray()));
        Assert.Equal(new WorkState(WorkPhase.Ended, 7, log.Length), state);
        using var rest = new MemoryStream();
        Assert.Equal(log.Length, await Open("it's new").ReadLogAsync(log.Length - 3, rest, Token));
        Assert.Equal(3, rest.Length);
    }

    [Fact]
    public async Task It_is_done_once_however_often_it_is_begun()
    {
        var work = Shell($"echo x >>'{Folder["count"]}'; while [ ! -f '{Folder["go"]}' ]; do sleep 0.05; done");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Open().StartAsync(work, Token)));
        Assert.Equal(WorkPhase.Running, (await Open().LookAsync(Token)).Phase);
        await Open().StartAsync(work, Token);

        File.WriteAllText(Folder["go"], "");
        var state = await Open().FollowAsync(0, Stream.Null, Token);
        await Open().StartAsync(work, Token);

        Assert.Equal((WorkPhase.Ended, 0), (state.Phase, state.ExitCode));
        Assert.Single(File.ReadAllLines(Folder["count"]));
    }

    [Fact]
    public async Task What_was_killed_is_told_from_what_ended()
    {
        await Open().StartAsync(Shell("echo begun; sleep 300"), Token);
        await Open().EndAsync(Token);
        using var log = new MemoryStream();

        var state = await Open().FollowAsync(0, log, Token);

        Assert.Equal((WorkPhase.Gone, null), (state.Phase, state.ExitCode));
    }

    [Fact]
    public async Task A_command_that_is_not_there_is_its_result()
    {
        await Open().StartAsync(new HostCommand("no-such-command-here"), Token);

        Assert.Equal((WorkPhase.Ended, 127), await Open().FollowAsync(0, Stream.Null, Token) is var s ? (s.Phase, s.ExitCode ?? -1) : default);
    }

    private protected static HostCommand Shell(string script, params string[] arguments) => new("sh", ["-c", script, "work", .. arguments]);
}
