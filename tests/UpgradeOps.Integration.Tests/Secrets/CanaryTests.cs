using System.Text;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Secrets;

/// <summary>A secret in every place that one can come from; then a whole life of an application, after which none is found where it should not be.</summary>
public sealed class CanaryTests
{
    private const UnixFileMode ForOthers =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly Canary _database = new("the database (env-file:, env:, secret:)");
    private readonly Canary _registry = new("the registry (file:)", plain: true);
    private readonly Canary _token = new("the application's environment", plain: true);
    private readonly Canary _address = new("an address with a password", plain: true);
    private readonly Canary _wrong = new("a wrong password");
    private readonly StringBuilder _said = new();

    private IReadOnlyList<Canary> All => [_database, _registry, _token, _address, _wrong];

    [Fact]
    public async Task No_secret_is_in_what_is_kept_said_or_seen_and_everything_is_its_owner_s_alone()
    {
        Needs.Stack();
        await using var registry = await RegistryServer.StartAsync(new RegistryOptions { Auth = RegistryAuth.Basic, Password = _registry.Value });
        var images = new TestImages(registry);
        await images.PublishAsync(KmpRelease.V100, "v1.0.0", "latest");
        await images.PublishAsync(KmpRelease.V130);
        await images.PublishAsync(KmpRelease.V130 with { Version = "v1.3.1", Behaviour = KmpBehaviour.Unhealthy });
        await using var stack = await KmpStack.CreateAsync(images, new KmpStackOptions { Database = DatabaseKind.Postgres, DatabasePassword = _database.Value });
        await DressAsync(stack);
        await stack.UpAsync();
        using var admin = new Admin();

        var watch = new ProcessWatch(All);
        await using (watch)
        {
            await LiveAsync(stack, admin);
        }

        Assert.True(watch.Found.IsEmpty, string.Join("\n", watch.Found.Select(f => $"{f.Key}: {f.Value}")));
        Assert.Contains(watch.Seen.Keys, program => program.EndsWith("pg_dump", StringComparison.Ordinal));
        AssertNone("what was said", Encoding.UTF8.GetBytes(_said.ToString()));
        Assert.Contains("v1.3.1", _said.ToString(), StringComparison.Ordinal);
        AssertFiles(admin);
    }

    /// <summary>Secrets in the application's environment, one of them in an address, and in a label, as careless people write them.</summary>
    private async Task DressAsync(KmpStack stack)
    {
        var compose = await File.ReadAllTextAsync(stack.ComposeFile);
        compose = compose.Replace(
            "DB_PASSWORD: \"${POSTGRES_PASSWORD}\" }",
            """
            DB_PASSWORD: "${POSTGRES_PASSWORD}", API_TOKEN: "${API_TOKEN}", SMTP_URL: "smtp://mailer:${SMTP}@mail.example.org:25" }
                labels: { note: "its token is ${API_TOKEN}" }
            """,
            StringComparison.Ordinal);
        Assert.Contains("its token", compose, StringComparison.Ordinal);
        await File.WriteAllTextAsync(stack.ComposeFile, compose);
        await File.WriteAllTextAsync(stack.EnvFile, $"API_TOKEN={_token.Value}\nSMTP={_address.Value}\n{await File.ReadAllTextAsync(stack.EnvFile)}");
    }

    private async Task LiveAsync(KmpStack stack, Admin admin)
    {
        var name = stack.Project;
        await RunAsync(admin, ["register", stack.DefinitionPath]);
        await stack.WriteAsync("old");
        await RunAsync(admin, ["update", name, "--version", "v1.3.0"]);
        Assert.Equal("v1.3.0", await stack.VersionAsync());
        await stack.WriteAsync("new");
        await RunAsync(admin, ["undo", name], 14);
        await SecretFromAsync(stack, "env:CANARY_DATABASE");
        await RunAsync(admin, ["undo", name, "--data", "restore", "--force", "--json", "--progress", "json"]);
        Assert.Equal("v1.0.0", await stack.VersionAsync());

        // It fails after its migrations: a person must choose, and evidence of it is kept.
        await RunAsync(admin, ["update", name, "--version", "v1.3.1", "--json", "--progress", "json"], 12);
        await RunAsync(admin, ["logs", name]);
        await RunAsync(admin, ["undo", name, "--data", "restore", "--force"], 10);
        await RunAsync(admin, ["backup", name, "--json"]);
        var backup = Path.GetFileName(Directory.GetDirectories(Path.Combine(admin.StateFolder, name, "backups")).Max()!);
        await RunAsync(admin, ["prove", name, backup, "--level", "restore"]);
        await RunAsync(admin, ["restore", name, "--force", "--json"]);
        await SecretFromAsync(stack, "env:CANARY_WRONG");
        await RunAsync(admin, ["backup", name], 1);
        await RunAsync(admin, ["status", name, "--json"]);
        await SecretFromAsync(stack, "secret:canary");
        await PowerShellAsync(admin, name);
        await RunAsync(admin, ["history", name, "--json"]);
    }

    private static async Task SecretFromAsync(KmpStack stack, string reference)
    {
        var definition = await File.ReadAllTextAsync(stack.DefinitionPath);
        var start = definition.IndexOf("password: \"", definition.IndexOf("databases:", StringComparison.Ordinal), StringComparison.Ordinal) + "password: \"".Length;
        await File.WriteAllTextAsync(stack.DefinitionPath, definition[..start] + reference + definition[definition.IndexOf('"', start)..]);
    }

    /// <param name="code">The exit code that it must have; null for any.</param>
    private async Task RunAsync(Admin admin, string[] arguments, int? code = 0)
    {
        var result = await ShellAsync(["dotnet", Path.Combine(AppContext.BaseDirectory, "UpgradeOps.Cli.dll"), .. arguments, .. admin.Folders]);
        Assert.True(code is null || code == result.ExitCode, $"{string.Join(' ', arguments)}: {result}");
    }

    /// <summary>The same through the module, with a vault, and with all that it can be made to say.</summary>
    private async Task PowerShellAsync(Admin admin, string name)
    {
        var manifest = Path.Combine(AppContext.BaseDirectory, "../../../../../out/UpgradeOps/UpgradeOps.psd1");
        if (!Require.Has(Part.Pwsh) || !File.Exists(manifest))
            return;
        using var folder = new TempFolder("pwsh-");
        var script = folder["life.ps1"];
        await File.WriteAllTextAsync(script, $$"""
            function global:Get-Secret { [CmdletBinding()] param([string] $Name) ConvertTo-SecureString $env:CANARY_DATABASE -AsPlainText -Force }
            Import-Module '{{manifest}}' -Verbose -Debug 4>&1 5>&1
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
            Invoke-AppUpdate {{name}} -Version v1.3.0 -Verbose -Debug *>&1 | Format-List | Out-String
            Undo-AppUpdate {{name}} *>&1 | Format-List -Force | Out-String
            Undo-AppUpdate {{name}} -Data Restore -WhatIf -PassThru *>&1 | ConvertTo-Json -Depth 8
            Undo-AppUpdate {{name}} -Data Restore -Force -Verbose -Debug *>&1 | Format-List | Out-String
            Get-AppStatus {{name}} | ConvertTo-Json -Depth 8
            Get-AppLog {{name}} | Out-String
            Get-AppHistory {{name}} | ConvertTo-Json -Depth 8
            $Error | ForEach-Object { $_ | Format-List -Force | Out-String; Get-Error -InputObject $_ | Out-String }
            """);
        var result = await ShellAsync(
            ["env", $"UPGRADEOPS_CONFIG={admin.Folders[1]}", $"UPGRADEOPS_STATE={admin.StateFolder}", "pwsh", "-NoProfile", "-NonInteractive", "-File", script]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("UpgradeOps.Updates.DataNeedsChoice", result.Output, StringComparison.Ordinal);
        Assert.Contains("\"Face\": \"pwsh\"", result.Output, StringComparison.Ordinal);
    }

    /// <summary>Under an umask that would give everything to everybody.</summary>
    private async Task<CommandResult> ShellAsync(string[] command)
    {
        var result = await new Command("sh", ["-c", "umask 000; exec \"$@\"", "sh", .. command])
        {
            Environment = new Dictionary<string, string?> { ["CANARY_DATABASE"] = _database.Value, ["CANARY_WRONG"] = _wrong.Value },
        }.RunAsync();
        _said.AppendLine(result.Output).AppendLine(result.Error);
        return result;
    }

    private void AssertFiles(Admin admin)
    {
        var root = Path.GetDirectoryName(admin.StateFolder)!;
        var entries = Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories);
        Assert.Contains(entries, e => e.EndsWith("manifest.json", StringComparison.Ordinal));
        Assert.Contains(entries, e => e.EndsWith(".inspect.json", StringComparison.Ordinal));
        Assert.All(entries, e => Assert.True((File.GetUnixFileMode(e) & ForOthers) == 0, $"{e}: {File.GetUnixFileMode(e)}"));

        // What is a copy of the application's own files and data holds what they hold; everything else holds no secret.
        var files = entries.Where(e => File.Exists(e) && !IsCopy(e)).ToList();
        Assert.Contains(files, f => f.EndsWith("journal.jsonl", StringComparison.Ordinal));
        foreach (var file in files)
            AssertNone(file, File.ReadAllBytes(file));
    }

    private static bool IsCopy(string path)
    {
        var name = Path.GetFileName(path);
        return path.Contains("/kept/", StringComparison.Ordinal)
            ? name.StartsWith("config-", StringComparison.Ordinal) || name.StartsWith("compose.env-", StringComparison.Ordinal) || name.StartsWith("compose.files-", StringComparison.Ordinal)
            : path.Contains("/backups/", StringComparison.Ordinal) && (path.Contains("/files/", StringComparison.Ordinal) || path.Contains("/databases/", StringComparison.Ordinal));
    }

    private void AssertNone(string where, byte[] bytes) => Canary.AssertNoneIn(All, where, bytes);
}
