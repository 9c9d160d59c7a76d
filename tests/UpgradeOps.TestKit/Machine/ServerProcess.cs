using System.Diagnostics;

namespace UpgradeOps.TestKit;

/// <summary>
/// A server in the background, its output in a file. It ends with <see cref="DisposeAsync"/>; an attached one also when the
/// test process dies, however it dies, because its guard then reads the end of its input.
/// </summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private const string Guarded = """log=$1; shift; "$@" >>"$log" 2>&1 </dev/null & server=$!; read -r _; kill -9 $server 2>/dev/null; wait $server 2>/dev/null""";
    private const string Detached = """log=$1; shift; exec "$@" >>"$log" 2>&1 </dev/null""";

    private readonly Process process;
    private readonly bool detached;

    private ServerProcess(Process process, bool detached) => (this.process, this.detached) = (process, detached);

    /// <summary>The server's process; for an attached one its guard.</summary>
    public ProcessIdentity Identity => ProcessIdentity.Of(process.Id);

    public static ServerProcess Start(string log, bool detached, string program, params string[] arguments)
    {
        string[] shell = ["sh", "-c", detached ? Detached : Guarded, "server", log, program];
        var start = new ProcessStartInfo("setsid", [.. shell, .. arguments]) { RedirectStandardInput = true };
        return new ServerProcess(Process.Start(start)!, detached);
    }

    public async ValueTask DisposeAsync()
    {
        if (detached)
            process.Kill();
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
