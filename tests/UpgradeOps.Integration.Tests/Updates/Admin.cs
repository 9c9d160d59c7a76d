using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Integration.Updates;

/// <summary>What an administrator does, through the engine's public operations: a session with its own catalogue and state.</summary>
internal sealed class Admin : IDisposable
{
    private readonly TempFolder _folder = new("admin-");

    public Admin() => Session = NewSession();

    public EngineSession Session { get; private set; }

    public string StateFolder => _folder["state"];

    /// <summary>The same folders for the console.</summary>
    public IReadOnlyList<string> Folders => ["--config-folder", _folder["config"], "--state-folder", StateFolder];

    /// <summary>Journals of operations that were begun on an application.</summary>
    public IReadOnlyList<string> Journals(string name)
    {
        var operations = Path.Combine(StateFolder, name, "operations");
        return Directory.Exists(operations) ? Directory.GetFiles(operations, "journal.jsonl", SearchOption.AllDirectories) : [];
    }

    /// <summary>As another process would see it: nothing is left but what is on disk.</summary>
    public EngineSession NewSession() => Session = new EngineSession(new EngineOptions
    {
        ConfigFolder = _folder["config"],
        StateFolder = StateFolder,
    });

    public async Task<string> RegisterAsync(KmpStack stack) =>
        (await new RegisterApp(Session).RunAsync(stack.DefinitionPath, force: false, CancellationToken.None)).Name;

    public Task<UpdateResult> UpdateAsync(string name, string? version = null, string? channel = null, bool force = false) =>
        new UpdateApp(Session).RunAsync(new UpdateOptions { Name = name, Version = version, Channel = channel, Force = force }, CancellationToken.None);

    public Task<UpdateResult> UndoAsync(string name, DataPolicy? data = null, bool force = false) =>
        new UndoUpdate(Session).RunAsync(new UndoOptions { Name = name, Data = data, Force = force }, CancellationToken.None);

    public Task<AppStatus> StatusAsync(string name) => new GetStatus(Session).RunAsync(name, CancellationToken.None);

    public void Dispose() => _folder.Dispose();
}
