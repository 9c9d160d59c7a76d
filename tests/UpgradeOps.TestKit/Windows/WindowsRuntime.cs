using System.Text;

namespace UpgradeOps.TestKit;

/// <summary>
/// .NET's runtime for Windows, as it would stand in <c>C:\Program Files\dotnet</c>, and programs that start an assembly with it. It comes from NuGet, as what a
/// program for Windows is published with; it is made once and kept (<see cref="Cache"/>).
/// </summary>
public sealed class WindowsRuntime
{
    private const string Placeholder = "upgradeops-windows-program-with-room-for-another-name";

    private static readonly Lazy<Task<WindowsRuntime>> Made = new(MakeAsync);

    private WindowsRuntime(string folder) => Folder = folder;

    public string Folder { get; }

    /// <exception cref="InvalidOperationException">It cannot be had here.</exception>
    public static Task<WindowsRuntime> GetAsync() => Made.Value;

    /// <summary>Writes a program that starts the assembly of this name beside it.</summary>
    public void WriteProgram(string path, string assembly)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Folder, "program.exe"));
        var name = Encoding.UTF8.GetBytes($"{Placeholder}.dll");
        var at = bytes.AsSpan().IndexOf(name);
        var given = new byte[name.Length];
        if (at < 0 || Encoding.UTF8.GetBytes(assembly, given) >= name.Length)
            throw new InvalidOperationException($"{assembly} does not fit into the program.");
        given.CopyTo(bytes, at);
        File.WriteAllBytes(path, bytes);
    }

    private static async Task<WindowsRuntime> MakeAsync()
    {
        var version = Environment.Version.ToString();
        var folder = Cache.PathOf($"windows-dotnet-{version}");
        if (Directory.Exists(folder))
            return new WindowsRuntime(folder);

        using var work = new TempFolder("windowsruntime-");
        await File.WriteAllTextAsync(work[$"{Placeholder}.csproj"], """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <RuntimeIdentifier>win-x64</RuntimeIdentifier>
                <SelfContained>true</SelfContained>
              </PropertyGroup>
            </Project>
            """);
        await File.WriteAllTextAsync(work["Program.cs"], "return;");
        var published = await new Command("dotnet", "publish", work[$"{Placeholder}.csproj"], "--output", work["out"], "--nologo") { Folder = work.Path }.RunAsync();
        if (published.ExitCode != 0)
            throw new InvalidOperationException($"no program for Windows can be published here: {published.Output.Trim()}");

        var draft = Directory.CreateDirectory($"{folder}.{Guid.NewGuid():N}").FullName;
        var shared = Directory.CreateDirectory(Path.Combine(draft, "dotnet/shared/Microsoft.NETCore.App", version)).FullName;
        var resolver = Directory.CreateDirectory(Path.Combine(draft, "dotnet/host/fxr", version)).FullName;
        File.Move(work[$"out/{Placeholder}.exe"], Path.Combine(draft, "program.exe"));
        File.Move(work["out/hostfxr.dll"], Path.Combine(resolver, "hostfxr.dll"));
        // The program's own list of what belongs to the runtime: without one, this is none.
        File.Move(work[$"out/{Placeholder}.deps.json"], Path.Combine(shared, "Microsoft.NETCore.App.deps.json"));
        foreach (var file in Directory.EnumerateFiles(work["out"]).Where(f => !Path.GetFileName(f).StartsWith(Placeholder, StringComparison.Ordinal)))
            File.Move(file, Path.Combine(shared, Path.GetFileName(file)));
        try
        {
            Directory.Move(draft, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(draft, recursive: true);
        }

        return new WindowsRuntime(folder);
    }
}
