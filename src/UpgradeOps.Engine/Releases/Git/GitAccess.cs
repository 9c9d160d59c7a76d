using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Hosts.Ssh;

namespace UpgradeOps.Engine.Releases.Git;

/// <summary>
/// The environment in which git runs: it never asks anybody, speaks English, and gets the repository's address, its settings and a password by
/// variables, so that none of them is in a process list. Needs git 2.31 or newer.
/// </summary>
internal sealed class GitAccess(ReleasesDefinition releases, ISecretResolver secrets)
{
    /// <summary>Says the password to git, and to nobody who is not asked for.</summary>
    private const string Helper = "!f() { test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' \"$UPGRADEOPS_GIT_USER\" \"$UPGRADEOPS_GIT_PASSWORD\"; }; f";

    /// <param name="address">The repository that is called <c>origin</c>; null where nothing is fetched.</param>
    /// <param name="own">Folders of ours, which another user may have made.</param>
    public async Task<IReadOnlyDictionary<string, string>> EnvironmentAsync(string? address, IReadOnlyList<string> own, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>
        {
            ["LC_ALL"] = "C",
            ["GIT_TERMINAL_PROMPT"] = "0",
            ["GIT_ASKPASS"] = "true",
            ["SSH_ASKPASS_REQUIRE"] = "never",
            ["GIT_OPTIONAL_LOCKS"] = "0",
            ["GIT_ALLOW_PROTOCOL"] = GitAddress.Protocols(address),
            ["UPGRADEOPS_GIT_SSH"] = "-o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=15 -o ServerAliveCountMax=4"
                + (releases.Key is { } key ? $" -o IdentitiesOnly=yes -i {ShellText.Quote(key)}" : ""),
        };
        var settings = new List<(string Key, string Value)>
        {
            // No hook of anybody's, no work in the background, no end of patience with a server that says nothing.
            ("core.hooksPath", "/dev/null"),
            ("core.fsmonitor", "false"),
            ("gc.auto", "0"),
            ("maintenance.auto", "false"),
            ("http.lowSpeedLimit", "100"),
            ("http.lowSpeedTime", "60"),
        };
        settings.AddRange(own.Select(folder => ("safe.directory", folder)));
        if (releases.Signers is { } signers)
            settings.Add(("gpg.ssh.allowedSignersFile", signers));
        if (address is not null && releases is { User: { } user, Password: { } password } && GitAddress.Authority(address) is { } authority)
        {
            environment["UPGRADEOPS_GIT_USER"] = user;
            environment["UPGRADEOPS_GIT_PASSWORD"] = await secrets.ResolveAsync(password, cancellationToken).ConfigureAwait(false);
            settings.Add(($"credential.{authority}.helper", ""));
            settings.Add(($"credential.{authority}.helper", Helper));
        }

        // The last one: scripts leave it out for repositories that come from elsewhere.
        if (address is not null)
            settings.Add(("remote.origin.url", address));
        environment["GIT_CONFIG_COUNT"] = $"{settings.Count}";
        for (var number = 0; number < settings.Count; number++)
            (environment[$"GIT_CONFIG_KEY_{number}"], environment[$"GIT_CONFIG_VALUE_{number}"]) = settings[number];
        return environment;
    }
}
