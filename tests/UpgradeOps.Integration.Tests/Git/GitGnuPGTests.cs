namespace UpgradeOps.Integration.Git;

/// <summary>Tags that are signed with GnuPG, verified by the keys that the host has.</summary>
public sealed class GitGnuPGTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_a_whole_tag_of_a_known_key_that_has_not_ended_is_a_release()
    {
        Needs.Parts(Part.GnuPG);
        using var rig = await GitRig.OpenAsync();
        await using var author = await GnuPG.OpenAsync();
        await using var host = await GnuPG.OpenAsync();
        await author.MakeKeyAsync("ada@example.org", "never");
        await author.MakeKeyAsync("eve@example.org", "never");
        await author.MakeKeyAsync("old@example.org", "1d", "20240101T000000!");
        await host.TrustAsync(author, "ada@example.org", "old@example.org");

        await rig.Workshop.CommitAsync("First", ("run", "1"));
        await rig.Workshop.GitAsync("config", "gpg.program", await author.ProgramAsync());
        await rig.Workshop.TagAsync("v1.0.0", "Signed", "-s", "-u", "ada@example.org");
        await rig.Workshop.TagAsync("v1.1.0", "By a key that nobody here knows", "-s", "-u", "eve@example.org");
        await rig.Workshop.GitAsync("config", "gpg.program", await author.ProgramAsync("20240101T010000!"));
        await rig.Workshop.TagAsync("v1.2.0", "By a key that has ended since", "-s", "-u", "old@example.org");
        await rig.Workshop.TagAsync("v1.3.0", "Unsigned");
        await rig.Workshop.TagAsync("v1.4.0");
        await TamperAsync(rig.Workshop);

        var (source, _) = rig.Open(r => r with { VerifyTags = true });
        await source.ListAsync(Token);
        await rig.Workshop.GitAsync("--git-dir", rig.Copy, "config", "gpg.program", await host.ProgramAsync());
        var good = await source.ResolveAsync("v1.0.0", null, Token);
        Assert.Equal(("v1.0.0", "Signed"), (good.Version, good.Notes));
        foreach (var (version, why) in new[] { ("v1.1.0", "No public key"), ("v1.2.0", "expired"), ("v1.3.0", "no signature"), ("v1.4.0", "plain name"), ("v1.5.0", "BAD signature") })
        {
            var error = await Assert.ThrowsAsync<AppException>(() => source.ResolveAsync(version, null, Token));
            Assert.True(error.ErrorId == ErrorIds.SignatureInvalid && error.Message.Contains(why, StringComparison.Ordinal), $"{version}: {error.Message}");
        }

        // Without gpg nothing can be verified, and nothing is believed.
        await rig.Workshop.GitAsync("--git-dir", rig.Copy, "config", "gpg.program", rig["nowhere"]);
        var lacking = await Assert.ThrowsAsync<AppException>(() => source.ResolveAsync("v1.0.0", null, Token));
        Assert.True(lacking.ErrorId == ErrorIds.SignatureInvalid && lacking.Message.Contains("nowhere", StringComparison.Ordinal), lacking.Message);
    }

    /// <summary>The good signature below what another commit is called.</summary>
    private static async Task TamperAsync(GitWorkshop workshop)
    {
        await workshop.GitAsync("config", "--unset", "gpg.program");
        var signed = (await workshop.GitAsync("rev-parse", "v1.0.0^{commit}")).Trim();
        var evil = await workshop.CommitAsync("Evil", ("run", "evil"));
        var text = (await workshop.GitAsync("cat-file", "tag", "v1.0.0")).Replace(signed, evil, StringComparison.Ordinal).Replace("tag v1.0.0", "tag v1.5.0", StringComparison.Ordinal);
        await File.WriteAllTextAsync(workshop["tampered"], text);
        var id = (await workshop.GitAsync("hash-object", "-t", "tag", "-w", workshop["tampered"])).Trim();
        await workshop.GitAsync("update-ref", "refs/tags/v1.5.0", id);
        await workshop.GitAsync("push", "-q", "origin", "refs/tags/v1.5.0");
    }

    /// <summary>Somebody's keys, apart from those of whoever runs the tests.</summary>
    private sealed class GnuPG : IAsyncDisposable
    {
        private readonly TempFolder folder = new("gpg-");
        private int programs;

        public static async Task<GnuPG> OpenAsync()
        {
            var keys = new GnuPG();
            await Command.OutputAsync("chmod", "700", keys.folder.Path);
            return keys;
        }

        /// <param name="at">What time it seems to be.</param>
        public Task MakeKeyAsync(string user, string until, string? at = null) =>
            RunAsync([.. at is null ? (string[])[] : ["--faked-system-time", at], "--passphrase", "", "--pinentry-mode", "loopback", "--quick-generate-key", user, "ed25519", "sign", until]);

        public async Task TrustAsync(GnuPG other, params string[] users)
        {
            await other.RunAsync(["--output", folder["theirs"], "--export", .. users]);
            await RunAsync("--import", folder["theirs"]);
        }

        /// <summary>What git starts to sign or verify with these keys.</summary>
        public async Task<string> ProgramAsync(string? at = null)
        {
            var program = folder[$"gpg-{programs++}"];
            await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec gpg --homedir '{folder.Path}' --batch{(at is null ? "" : $" --faked-system-time '{at}'")} \"$@\"\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return program;
        }

        public async ValueTask DisposeAsync()
        {
            await Command.RunAsync("gpgconf", "--homedir", folder.Path, "--kill", "all");
            folder.Dispose();
        }

        private Task<string> RunAsync(params string[] arguments) => Command.OutputAsync("gpg", ["--homedir", folder.Path, "--batch", "--quiet", .. arguments]);
    }
}
