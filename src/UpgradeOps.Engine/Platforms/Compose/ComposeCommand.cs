using System.Globalization;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Ssh;
using UpgradeOps.Engine.Platforms.Compose.Files;
using UpgradeOps.Engine.Platforms.Compose.Model;
using UpgradeOps.Engine.Platforms.Generate;

namespace UpgradeOps.Engine.Platforms.Compose;

/// <summary>Runs <c>docker compose</c> for one project, against the same engine that the API client talks to.</summary>
/// <param name="engineAddress">For <c>DOCKER_HOST</c>; null where the host's own environment decides it for both.</param>
/// <param name="generate">Variables that are still to be made: something stands for them while files are only read.</param>
internal sealed class ComposeCommand(ComposeDefinition compose, ComposeFiles files, IHost host, string? engineAddress, TimeProvider time, IReadOnlyList<GenerateDefinition> generate)
{
    /// <summary>Stands for the variable's value while the model is read: a legal tag that nobody has.</summary>
    private const string Probe = "upgradeops-probe-7f3a";

    private static readonly string[] LostWords =
    [
        "cannot connect to the docker daemon", "error during connect", "error reading from server", "daemon is shutting down", "connection reset by peer", ": EOF", "unexpected EOF",
    ];

    private const int Tries = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Where the command finds the engine, for what runs it without us.</summary>
    public IReadOnlyDictionary<string, string> EngineVariables => engineAddress is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["DOCKER_HOST"] = engineAddress };

    /// <summary>The JSON of what the compose files say, for a build: <c>build:</c> may ask for more variables than anything that runs.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.ComposeInvalid"/> with Compose's own message.</exception>
    public async Task<byte[]> ReadForBuildAsync(IReadOnlyDictionary<string, string> variables, CancellationToken cancellationToken)
    {
        using var json = new MemoryStream();
        var result = await AskAsync(["config", "--format", "json"], null, json, cancellationToken, variables).ConfigureAwait(false);
        return result.Succeeded ? json.ToArray() : throw Failure(result, ErrorIds.ComposeInvalid, "docker compose config");
    }

    /// <summary>The JSON of what the compose files say for one version. Holds the services' environments with their secrets.</summary>
    /// <param name="value">The variable's value.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.ComposeInvalid"/> with Compose's own message.</exception>
    public async Task<byte[]> ReadResolvedAsync(string value, CancellationToken cancellationToken)
    {
        using var json = new MemoryStream();
        var result = await AskAsync(["config", "--format", "json"], value, json, cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? json.ToArray() : throw Failure(result, ErrorIds.ComposeInvalid, "docker compose config");
    }

    /// <summary>The same for a container of one service that is to run: with those that it cannot be without, of any profile. Nothing stands for what is still to be made.</summary>
    /// <param name="value">The variable's value.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.ComposeInvalid"/> with Compose's own message.</exception>
    public async Task<byte[]> ReadForRunAsync(string service, string value, CancellationToken cancellationToken)
    {
        using var json = new MemoryStream();
        var result = await AgainAsync(["config", "--format", "json", service], value, json, new Dictionary<string, string>(), cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? json.ToArray() : throw Failure(result, ErrorIds.ComposeInvalid, "docker compose config");
    }

    /// <summary>Reads what the compose files say, with a probe in the variable's place.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.ComposeInvalid"/> with Compose's own message.</exception>
    public async Task<ComposeModel> ReadModelAsync(CancellationToken cancellationToken)
    {
        using var json = new MemoryStream();
        var result = await AskAsync(["config", "--format", "json"], Probe, json, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw Failure(result, ErrorIds.ComposeInvalid, "docker compose config");
        return ComposeModelReader.Read(json.GetBuffer().AsSpan(0, (int)json.Length), Probe, Lines(result.Error));
    }

    /// <summary>Compose's hash of each service's configuration: containers carry it as a label.</summary>
    /// <param name="value">The variable's value.</param>
    public async Task<IReadOnlyDictionary<string, string>> ReadHashesAsync(string value, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        var result = await AskAsync(["config", "--hash", "*"], value, text, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw Failure(result, ErrorIds.ComposeInvalid, "docker compose config --hash");
        return Lines(System.Text.Encoding.UTF8.GetString(text.ToArray()))
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(l => l.Length == 2)
            .ToDictionary(l => l[0], l => l[1]);
    }

    /// <summary>Makes containers without starting any.</summary>
    /// <param name="scale">Containers that each service is to have in all, running or not.</param>
    /// <param name="value">The variable's value.</param>
    public async Task CreateAsync(IReadOnlyDictionary<string, int> scale, CreateMode mode, string value, CancellationToken cancellationToken)
    {
        // Not `up --no-deps`: without its dependencies a service gets another hash, and the next plain `up` would make it anew.
        List<string> arguments = ["create", "--no-build", "--pull", "never"];
        if (mode != CreateMode.Replace)
            arguments.Add(mode == CreateMode.Beside ? "--no-recreate" : "--force-recreate");
        foreach (var (service, count) in scale)
            arguments.AddRange(["--scale", string.Create(CultureInfo.InvariantCulture, $"{service}={count}")]);
        arguments.AddRange(scale.Keys);
        CommandResult result;
        try
        {
            result = await RunAsync(arguments, value, null, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.HostConnectionLost)
        {
            // What was half made is looked at, as after an engine that was lost.
            throw new AppException(ErrorIds.EngineUnreachable, $"docker compose create in {compose.Directory} was cut off: {e.Message}", compose.Directory, inner: e);
        }

        if (!result.Succeeded)
            throw Failure(result, LostEngine(result.Error) ? ErrorIds.EngineUnreachable : ErrorIds.ComposeCommandFailed, "docker compose create");
    }

    /// <summary>
    /// Starts a container of its own, as a service of a project that this text alone describes, and returns when it runs; it stays when it ends.
    /// Containers of other services, in the text or not, stay as they are. Variables in it are those of the <c>.env</c> file.
    /// </summary>
    /// <param name="file">A compose file.</param>
    /// <param name="project">That project's name.</param>
    /// <param name="name">The container's.</param>
    /// <param name="publish">As in <c>docker run --publish</c>; null for none.</param>
    /// <param name="command">In place of the image's entry point and command; empty for the service's own.</param>
    public async Task StartAloneAsync(string file, string project, string name, string service, string? publish, IReadOnlyList<string> command, string value, CancellationToken cancellationToken)
    {
        List<string> verb = ["run", "--detach", "--no-TTY", "--no-deps", $"--name={name}"];
        if (publish is not null)
            verb.AddRange(["--publish", publish]);
        if (command.Count > 0)
            verb.AddRange(["--entrypoint", ShellText.Quote(command[0])]);
        var result = await RunAsync([.. verb, service, .. command.Skip(1)], value, null, cancellationToken, file, project: project).ConfigureAwait(false);
        if (!result.Succeeded)
            throw Failure(result, LostEngine(result.Error) ? ErrorIds.EngineUnreachable : ErrorIds.ComposeCommandFailed, "docker compose run");
    }

    /// <summary>What <c>docker compose ps</c> shows, for a person.</summary>
    public async Task<string> ListAsync(string? value, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        var result = await AskAsync(["ps", "--all"], value, text, cancellationToken).ConfigureAwait(false);
        return System.Text.Encoding.UTF8.GetString(text.ToArray()) + result.Error;
    }

    /// <returns>Compose's version; null when it is not there.</returns>
    public async Task<string?> VersionAsync(CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(new HostCommand("docker", "compose", "version", "--short") { Environment = Environment(null), IsQuestion = true }, cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? result.Output.Trim() : null;
    }

    /// <summary>Runs what changes nothing: again when the connection to the host was lost.</summary>
    private async Task<CommandResult> AskAsync(string[] verb, string? value, MemoryStream output, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? more = null)
    {
        var missing = await StandIns.MissingAsync(generate, compose.Directory, files.EnvPath, host.Files, cancellationToken).ConfigureAwait(false);
        return await AgainAsync(verb, value, output, new Dictionary<string, string>([.. missing, .. more ?? new Dictionary<string, string>()]), cancellationToken).ConfigureAwait(false);
    }

    private async Task<CommandResult> AgainAsync(string[] verb, string? value, MemoryStream output, IReadOnlyDictionary<string, string> variables, CancellationToken cancellationToken)
    {
        for (var left = Tries; ; left--)
        {
            try
            {
                return await RunAsync(verb, value, output, cancellationToken, variables: variables).ConfigureAwait(false);
            }
            catch (AppException e) when (left > 1 && e.ErrorId == ErrorIds.HostConnectionLost)
            {
                output.SetLength(0);
            }
        }
    }

    /// <param name="more">Another compose file, as text.</param>
    /// <param name="variables">More of them, for what the files say.</param>
    /// <param name="project">Another project, of which the text says all.</param>
    private async Task<CommandResult> RunAsync(
        IEnumerable<string> verb, string? value, Stream? output, CancellationToken cancellationToken, string? more = null, IReadOnlyDictionary<string, string>? variables = null, string? project = null)
    {
        List<string> arguments = ["compose", "--ansi", "never", "--project-directory", compose.Directory];
        foreach (var file in project is null ? await files.FindAsync(cancellationToken).ConfigureAwait(false) : [])
            arguments.AddRange(["--file", file]);
        if (more is not null)
            arguments.AddRange(["--file", "-"]);
        if (!files.IsDefaultEnvFile)
            arguments.AddRange(["--env-file", files.EnvPath]);
        if ((project ?? compose.Project) is { } named)
            arguments.AddRange(["--project-name", named]);
        arguments.AddRange(verb);

        var command = new HostCommand("docker", arguments) { WorkingDirectory = compose.Directory, Environment = Environment(value) };
        if (variables is not null)
            command = command with { Environment = new Dictionary<string, string>([.. command.Environment, .. variables]) };
        using var input = more is null ? null : new MemoryStream(System.Text.Encoding.UTF8.GetBytes(more));
        using var timer = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await host.StreamAsync(command, input, output, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AppException(
                ErrorIds.ComposeCommandFailed,
                string.Create(CultureInfo.InvariantCulture, $"docker compose {verb.First()} did not end within {Patience.TotalMinutes} minutes and was given up."),
                compose.Directory,
                inner: e);
        }
    }

    /// <summary>A value in the caller's own environment would count before the <c>.env</c> file: ours comes first.</summary>
    private Dictionary<string, string> Environment(string? value)
    {
        var environment = new Dictionary<string, string> { ["COMPOSE_MENU"] = "0" };
        if (engineAddress is not null)
            environment["DOCKER_HOST"] = engineAddress;
        if (value is not null && compose.Variable.Length > 0)
            environment[compose.Variable] = value;
        return environment;
    }

    /// <summary>Docker's clients say it in these ways when the engine goes away in the middle of a question, or is not there.</summary>
    private static bool LostEngine(string error) =>
        LostWords.Any(words => error.Contains(words, StringComparison.OrdinalIgnoreCase));

    private AppException Failure(CommandResult result, string errorId, string command)
    {
        var said = string.Join(" ", Lines(result.Error).Where(l => !l.StartsWith("Container ", StringComparison.Ordinal)).TakeLast(5));
        return new AppException(
            errorId,
            string.Create(CultureInfo.InvariantCulture, $"{command} in {compose.Directory} ended with exit code {result.ExitCode}: {(said.Length == 0 ? "it said nothing." : said)}"),
            compose.Directory);
    }

    private static List<string> Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToList();
}

/// <summary>What Compose does with containers that are there already.</summary>
internal enum CreateMode
{
    /// <summary>They stay as they are.</summary>
    Beside,

    /// <summary>Those whose image or configuration changed are replaced; the new ones inherit their anonymous volumes.</summary>
    Replace,

    /// <summary>All of the named services are replaced.</summary>
    ReplaceAll,
}
