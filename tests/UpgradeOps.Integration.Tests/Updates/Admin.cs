using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Integration.Updates;

/// <summary>What an administrator does, through the engine's public operations: a session with its own catalogue and state.</summary>
internal sealed class Admin : IDisposable
{
    private readonly TempFolder _folder = new("admin-");
    private readonly SshServer? _host;

    /// <param name="host">The applications' own, where that is not this machine.</param>
    public Admin(SshServer? host = null)
    {
        _host = host;
        Session = NewSession();
    }

    public EngineSession Session { get; private set; }

    public string StateFolder => _folder["state"];

    /// <summary>The same folders for the console.</summary>
    public IReadOnlyList<string> Folders => ["--config-folder", _folder["config"], "--state-folder", StateFolder];

    /// <summary>For the console. With a host over SSH, an engine of this machine is nobody's.</summary>
    public Dictionary<string, string> Variables => _host is null
        ? []
        : new() { ["UPGRADEOPS_SSH_CONFIG"] = _host.ConfigurationFile, ["UPGRADEOPS_SSH_PATIENCE"] = "10", ["DOCKER_HOST"] = "tcp://127.0.0.1:1" };

    /// <summary>What is remembered about an application, here or, where its definition says so, over there.</summary>
    public string StateOf(string name) => _host is null ? Path.Combine(StateFolder, name) : _folder["over there"];

    /// <summary>Journals of operations that were begun on an application.</summary>
    public IReadOnlyList<string> Journals(string name)
    {
        var operations = Path.Combine(StateOf(name), "operations");
        return Directory.Exists(operations) ? Directory.GetFiles(operations, "journal.jsonl", SearchOption.AllDirectories) : [];
    }

    /// <summary>As another process would see it: nothing is left but what is on disk.</summary>
    public EngineSession NewSession() => Session = new EngineSession(new EngineOptions
    {
        ConfigFolder = _folder["config"],
        StateFolder = StateFolder,
    })
    {
        Variable = name => Variables.GetValueOrDefault(name) ?? Environment.GetEnvironmentVariable(name),
    };

    public async Task<string> RegisterAsync(KmpStack stack) =>
        (await new RegisterApp(Session).RunAsync(stack.DefinitionPath, force: false, CancellationToken.None)).Name;

    public Task<UpdateResult> UpdateAsync(string name, string? version = null, string? channel = null, bool force = false) =>
        new UpdateApp(Session).RunAsync(new UpdateOptions { Name = name, Version = version, Channel = channel, Force = force }, CancellationToken.None);

    public Task<UpdateResult> UndoAsync(string name, DataPolicy? data = null, bool force = false) =>
        new UndoUpdate(Session).RunAsync(new UndoOptions { Name = name, Data = data, Force = force }, CancellationToken.None);

    public Task<AppStatus> StatusAsync(string name) => new GetStatus(Session).RunAsync(name, CancellationToken.None);

    public void Dispose() => _folder.Dispose();
}
