using System.Collections.Concurrent;
using System.Net.Http.Headers;
using UpgradeOps.Engine.Releases.Registry.Http;

namespace UpgradeOps.Engine.Releases.Registry.Auth;

/// <summary>
/// Identifies us to one registry. Remembers what it wants, so that only the first question is asked in vain, and uses each token until
/// shortly before it expires.
/// </summary>
internal sealed class RegistryAuth(RegistryWire wire, ICredentialSource source, TimeProvider time)
{
    private readonly TokenService _tokens = new(wire, time);
    private readonly ConcurrentDictionary<string, Slot> _slots = new();
    private readonly SemaphoreSlim _finding = new(1, 1);
    private volatile AuthChallenge? _challenge;
    private RegistryCredential? _credential;
    private volatile bool _found;

    /// <summary>Who asks, for messages.</summary>
    public string Description
    {
        get
        {
            var who = _credential?.Description ?? "anonymously";
            return source.Trouble is { } trouble ? $"{who} ({trouble})" : who;
        }
    }

    /// <returns>What to send with a question about a repository; null as long as the registry did not ask for anything.</returns>
    public Task<AuthenticationHeaderValue?> PrepareAsync(string repository, string target, CancellationToken cancellationToken) =>
        _challenge is { } known ? AnswerAsync(known, repository, null, target, cancellationToken) : Task.FromResult<AuthenticationHeaderValue?>(null);

    /// <param name="refused">What was sent and refused.</param>
    /// <returns>What to send instead; null when there is nothing better.</returns>
    public async Task<AuthenticationHeaderValue?> RenewAsync(RegistryAnswer answer, string repository, AuthenticationHeaderValue? refused, string target, CancellationToken cancellationToken)
    {
        if (AuthChallenge.Choose(answer.Headers.WwwAuthenticate) is not { } challenge)
            return null;
        _challenge = challenge;
        var next = await AnswerAsync(challenge, repository, refused, target, cancellationToken).ConfigureAwait(false);
        return Equals(next, refused) ? null : next;
    }

    /// <summary>After a refusal: whoever asks next looks for credentials anew, for a person may have logged in meanwhile.</summary>
    public void Forget() => _found = false;

    private async Task<AuthenticationHeaderValue?> AnswerAsync(AuthChallenge challenge, string repository, AuthenticationHeaderValue? refused, string target, CancellationToken cancellationToken)
    {
        var credential = await CredentialAsync(cancellationToken).ConfigureAwait(false);
        if (!challenge.IsBearer)
            return credential is null or { IsIdentityToken: true } ? null : credential.ToBasic();

        var slot = _slots.GetOrAdd(repository, _ => new Slot());
        await slot.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (slot.Token is null || slot.Token.Value == refused?.Parameter || slot.Token.RenewAt <= time.GetUtcNow())
                slot.Token = await _tokens.GetAsync(challenge, ScopeFor(challenge, repository), credential, target, cancellationToken).ConfigureAwait(false);
            return new AuthenticationHeaderValue("Bearer", slot.Token.Value);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.RegistryUnauthorized)
        {
            Forget();
            throw;
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    /// <summary>The challenge's own scope counts for the repository it was given for; for others the standard's.</summary>
    private static string ScopeFor(AuthChallenge challenge, string repository) =>
        challenge.Scope?.Contains($":{repository}:", StringComparison.Ordinal) == true ? challenge.Scope : $"repository:{repository}:pull";

    private async Task<RegistryCredential?> CredentialAsync(CancellationToken cancellationToken)
    {
        await _finding.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_found)
                _credential = await source.FindAsync(cancellationToken).ConfigureAwait(false);
            _found = true;
            return _credential;
        }
        finally
        {
            _finding.Release();
        }
    }

    private sealed class Slot
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public BearerToken? Token { get; set; }
    }
}
