using System.Globalization;
using UpgradeOps.Engine.Releases.Registry;
using UpgradeOps.Engine.Releases.Registry.Http;

namespace UpgradeOps.Engine.Releases.GitHub;

/// <summary>How GitHub asks for patience: 429, or 403 with what tells that it is no question of rights.</summary>
internal sealed class GitHubDialect : WireDialect
{
    public override bool IsLimit(RegistryAnswer answer) =>
        base.IsLimit(answer) || (answer.Status == 403 && (answer.Header("x-ratelimit-remaining") == "0" || answer.Header("Retry-After") is not null));

    public override TimeSpan? RetryAfter(RegistryAnswer answer, DateTimeOffset now)
    {
        if (base.RetryAfter(answer, now) is { } asked)
            return asked;
        if (answer.Header("x-ratelimit-remaining") != "0" || !long.TryParse(answer.Header("x-ratelimit-reset"), NumberStyles.None, CultureInfo.InvariantCulture, out var reset) || reset > uint.MaxValue)
            return null;
        // A moment on the server's clock.
        var wait = DateTimeOffset.FromUnixTimeSeconds(reset) - (answer.Headers.Date ?? now);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <summary>What comes over plain http anybody on the way can change: only from this machine to itself.</summary>
    public override bool MayFollow(Uri from, Uri to) => to.Scheme == Uri.UriSchemeHttps || (from.Scheme == Uri.UriSchemeHttp && to.Scheme == Uri.UriSchemeHttp && to.IsLoopback);

    public override AppException GiveUp(Uri uri, string target, RegistryAnswer? answer, WireFault? fault, TimeSpan? asked, int tries)
    {
        if (fault is not null)
        {
            var errorId = fault.ErrorId == ErrorIds.RegistryUnreachable ? ErrorIds.RepositoryUnreachable : ErrorIds.RepositoryFailed;
            return new AppException(errorId, $"{target}: {fault.Reason}{Often(tries)}.", target, fault.Reason.StartsWith("TLS", StringComparison.Ordinal)
                ? "Check the server's certificate; a private one's authority goes into releases.certificateAuthority."
                : GitHubErrors.Again);
        }

        return IsLimit(answer!)
            ? new AppException(ErrorIds.RepositoryRateLimited, $"{target}: {uri.Authority} limits how often it may be asked{Wait(asked)}{RegistryErrors.Said(answer!)}{Often(tries)}.", target)
            : new AppException(ErrorIds.RepositoryFailed, $"{target}: {uri.Authority} answered {answer!.Status}{RegistryErrors.Said(answer)}{Often(tries)}.", target, GitHubErrors.Again);
    }
}
