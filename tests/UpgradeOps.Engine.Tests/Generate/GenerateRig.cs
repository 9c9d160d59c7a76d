using System.Text;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Platforms.Generate;
using UpgradeOps.Engine.Steps;
using UpgradeOps.Engine.Tests.Hosts;
using UpgradeOps.Engine.Tests.Service;

namespace UpgradeOps.Engine.Tests.Generate;

/// <summary>A folder in which a definition's values are made, by a "process" that a test may kill before any of its file operations.</summary>
internal sealed class GenerateRig : IDisposable
{
    private readonly TempFolder folder = new();

    public static readonly GenerateDefinition Pair = new() { Key = GenerateDefinition.Ed25519, Private = "secrets/own.pem", Public = "secrets/open.pem" };
    public static readonly GenerateDefinition Password = new() { Variable = "DB_PASSWORD", Random = GenerateDefinition.Alphanumeric };
    public static readonly GenerateDefinition Url = new() { Variable = "DATABASE_URL", Value = "postgres://chat:${DB_PASSWORD}@db/chat" };
    public static readonly GenerateDefinition Session = new() { File = "secrets/session", Random = GenerateDefinition.Base64Url, Mode = "0640" };

    public GenerateDefinition[] Declared { get; set; } = [Pair, Password, Url, Session];

    public OperationMemory Memory { get; } = new();

    public Redaction Redaction { get; } = new();

    /// <summary>File operations until the "process" dies; those that change something and those that look.</summary>
    public int Lives { get; set; } = int.MaxValue;

    /// <summary>Called with the file's name when it is about to appear.</summary>
    public Action<string>? BeforeRename { get; set; }

    public int Used { get; private set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public string this[string name] => folder[name];

    public GenerateSteps Steps => new(
        new AppDefinition
        {
            Name = "chat",
            Path = folder["chat.yaml"],
            Platform = new PlatformDefinition { Service = new ServiceDefinition { Directory = folder.Path, Command = ["sh"] } },
            Releases = new ReleasesDefinition { Folder = folder["in"] },
            Generate = Declared,
        },
        new Mortal(new LocalFiles(), this),
        Redaction);

    public string Read(string name) => File.ReadAllText(folder[name]);

    public void Write(string name, string text) => folder.Write(name, text);

    public async Task<PlannedStep?> PlanAsync() => GenerateSteps.Plan(await Steps.LookAsync(Token)).SingleOrDefault() is { } step ? step with { Id = "main/generate.make#1" } : null;

    public async Task<PlannedStep> MakeAsync()
    {
        var planned = await PlanAsync() ?? throw new InvalidOperationException("Nothing is missing.");
        await Steps.Create(planned).DoAsync(Memory.For(planned), Token);
        return planned;
    }

    public Task<StepState> ObserveAsync(PlannedStep planned) => Steps.Create(planned).ObserveAsync(Memory.For(planned), Token);

    public Task DoAsync(PlannedStep planned) => Steps.Create(planned).DoAsync(Memory.For(planned), Token);

    public Task UndoAsync(PlannedStep planned) => Steps.Create(planned).UndoAsync(Memory.For(planned), Token);

    public async Task<ValueState[]> StatesAsync() => [.. (await Steps.LookAsync(Token)).Select(f => f.State)];

    /// <summary>Every file with its content, by its path in the folder.</summary>
    public IReadOnlyDictionary<string, string> Files() =>
        Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).ToDictionary(f => Path.GetRelativePath(folder.Path, f), f => Encoding.UTF8.GetString(File.ReadAllBytes(f)));

    public void Dispose() => folder.Dispose();

    private void Live()
    {
        Used++;
        if (Lives-- <= 0)
            throw new CutOffException();
    }

    private sealed class Mortal(IHostFiles files, GenerateRig rig) : IHostFiles
    {
        public Task<HostFile?> StatAsync(string path, CancellationToken cancellationToken) => Do(() => files.StatAsync(path, cancellationToken));

        public Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken) => Do(() => files.ReadAsync(path, cancellationToken));

        public Task<Stream> OpenReadAsync(string path, long from, CancellationToken cancellationToken) => Do(() => files.OpenReadAsync(path, from, cancellationToken));

        public Task<Stream> CreateAsync(string path, int mode, CancellationToken cancellationToken) => Do(() => files.CreateAsync(path, mode, cancellationToken));

        public Task WriteAtomicAsync(string path, ReadOnlyMemory<byte> bytes, int mode, CancellationToken cancellationToken) => Do(() => files.WriteAtomicAsync(path, bytes, mode, cancellationToken));

        public Task CreateFolderAsync(string path, int mode, CancellationToken cancellationToken) => Do(() => files.CreateFolderAsync(path, mode, cancellationToken));

        public Task<IReadOnlyList<HostFile>> ListAsync(string path, CancellationToken cancellationToken) => Do(() => files.ListAsync(path, cancellationToken));

        public Task CopyFolderAsync(string from, string to, CancellationToken cancellationToken) => Do(() => files.CopyFolderAsync(from, to, cancellationToken));

        public Task RenameAsync(string from, string to, CancellationToken cancellationToken) => Do(() =>
        {
            rig.BeforeRename?.Invoke(Path.GetRelativePath(rig.folder.Path, to));
            return files.RenameAsync(from, to, cancellationToken);
        });

        public Task DeleteAsync(string path, CancellationToken cancellationToken) => Do(() => files.DeleteAsync(path, cancellationToken));

        public Task LinkAsync(string path, string target, CancellationToken cancellationToken) => Do(() => files.LinkAsync(path, target, cancellationToken));

        public Task<long> FreeSpaceAsync(string path, CancellationToken cancellationToken) => Do(() => files.FreeSpaceAsync(path, cancellationToken));

        private T Do<T>(Func<T> work)
        {
            rig.Live();
            return work();
        }
    }
}
