using System.Diagnostics;

namespace UpgradeOps.TestKit;

/// <summary>
/// A Windows of Wine in a folder of its own, with .NET's runtime for Windows. Its services are real processes of this machine, which end with it. What is started there
/// must not hold our pipes when it stays: only the first program of all may, so that one is started with none.
/// </summary>
public sealed class WineMachine : IAsyncDisposable
{
    private const string Guarded = """wineserver --foreground --persistent >"$1" 2>&1 </dev/null & read -r _; wineserver --kill; wait""";

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["WINEDEBUG"] = "-all",
        ["WINEDLLOVERRIDES"] = "mshtml=;winemenubuilder.exe=d;winedbg.exe=d",
        ["DOTNET_EnableDiagnostics"] = "0",
        // Whoever runs the tests has Linux' runtime there.
        ["DOTNET_ROOT"] = @"C:\Program Files\dotnet",
        ["DOTNET_ROOT_X64"] = @"C:\Program Files\dotnet",
    };

    private readonly TempFolder folder = new("wine-");
    private readonly WindowsRuntime runtime;
    private Process? holder;

    /// <summary>Waits for a line that never comes: services end with the last program that is none.</summary>
    private Process? stayer;

    private WineMachine(WindowsRuntime runtime) => this.runtime = runtime;

    /// <summary>Its drive C, as a folder of this machine.</summary>
    public string Drive => folder["prefix/drive_c"];

    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>(Settings) { ["WINEPREFIX"] = folder["prefix"] };

    /// <returns>Why there is none here; null when there is.</returns>
    public static string? Missing()
    {
        // Once in some fifty starts .NET dies under Wine 8 without a word: whoever wants these tests asks for them.
        if (System.Environment.GetEnvironmentVariable("UPGRADEOPS_REQUIRE")?.Contains("wine", StringComparison.OrdinalIgnoreCase) != true)
            return "the tests with Wine run only where UPGRADEOPS_REQUIRE names wine";
        if (ProgramPath.Find("wine") is null)
            return "wine is not installed";
        try
        {
            WindowsRuntime.GetAsync().GetAwaiter().GetResult();
            return null;
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }

    public static async Task<WineMachine> StartAsync()
    {
        var machine = new WineMachine(await WindowsRuntime.GetAsync());
        try
        {
            await machine.BootAsync();
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a program of an assembly that stands in a folder with all that it needs.</summary>
    /// <param name="from">The folder; its assemblies are linked to.</param>
    /// <returns>The program's path, as this machine sees it.</returns>
    public string MakeProgram(string from, string assembly, string name)
    {
        var program = Directory.CreateDirectory(folder[$"programs/{name}"]).FullName;
        foreach (var file in Directory.EnumerateFiles(from).Where(f => f.EndsWith(".dll", StringComparison.Ordinal) || f.EndsWith(".json", StringComparison.Ordinal)))
            File.CreateSymbolicLink(Path.Combine(program, Path.GetFileName(file)), file);
        WriteProgram(Path.Combine(program, $"{name}.exe"), assembly);
        return Path.Combine(program, $"{name}.exe");
    }

    /// <summary>Writes a program that starts the assembly of this name beside it.</summary>
    public void WriteProgram(string path, string assembly) => runtime.WriteProgram(path, assembly);

    /// <param name="program">Its path as this machine sees it, or the name of one of Windows' own.</param>
    public Command Command(string program, params string[] arguments) => new("wine", [program, .. arguments]) { Environment = Environment };

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        stayer?.Dispose();
        if (holder is not null)
        {
            holder.StandardInput.Close();
            await holder.WaitForExitAsync();
            holder.Dispose();
        }

        folder.Dispose();
    }

    private async Task BootAsync()
    {
        await PrepareAsync("wineboot", "--init");
        await PrepareAsync("wine", "winecfg", "-v", "win10");
        // How long a program may take to report itself as a service: on a busy machine longer than Wine's own ten seconds.
        await PrepareAsync("wine", "reg", "add", @"HKLM\System\CurrentControlSet\Control", "/v", "ServicesPipeTimeout", "/t", "REG_SZ", "/d", "60000", "/f");
        await EndAsync();
        // Where a program looks for it.
        Directory.CreateSymbolicLink(Path.Combine(Drive, "Program Files", "dotnet"), Path.Combine(runtime.Folder, "dotnet"));
        // Wine ends with its last program, and its services with it, unless its server is told to stay. It ends with us, however we do, and takes all its programs along.
        holder = Process.Start(Start("setsid", "sh", "-c", Guarded, "wine", folder["wine.log"]))!;
        await PrepareAsync("wine", "cmd.exe", "/c", "ver");
        stayer = Process.Start(Start("sh", "-c", "exec wine cmd.exe >/dev/null 2>&1"))!;
    }

    private ProcessStartInfo Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true };
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        return start;
    }

    /// <summary>What it leaves behind must not hold our pipes.</summary>
    private async Task PrepareAsync(params string[] command)
    {
        var log = folder["prepare.log"];
        var ran = await new Command("sh", ["-c", "log=$1; shift; exec \"$@\" </dev/null >\"$log\" 2>&1", "prepare", log, .. command]) { Environment = Environment }.RunAsync();
        if (ran.ExitCode != 0)
            throw new InvalidOperationException($"Wine does not start: {string.Join(' ', command)}: {await File.ReadAllTextAsync(log)}");
    }

    private async Task EndAsync()
    {
        await new Command("wineserver", "--kill") { Environment = Environment }.RunAsync();
        await new Command("wineserver", "--wait") { Environment = Environment }.RunAsync();
    }
}
