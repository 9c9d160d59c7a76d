namespace UpgradeOps.Engine.Releases.Registry.Http;

/// <summary>How a kind of server says that it is asked too often, and how its failures are told. This one is a registry's.</summary>
internal class WireDialect
{
    /// <summary>True for an answer that asks for patience.</summary>
    public virtual bool IsLimit(RegistryAnswer answer) => answer.Status == 429;

    /// <summary>How long a refused answer asks to wait; null when it does not say.</summary>
    public virtual TimeSpan? RetryAfter(RegistryAnswer answer, DateTimeOffset now) => RetryPolicy.RetryAfter(answer, now);

    /// <summary>Whether a redirect is followed: never from TLS to plain text.</summary>
    public virtual bool MayFollow(Uri from, Uri to) => to.Scheme == Uri.UriSchemeHttps || to.Scheme == from.Scheme;

    /// <summary>The error when there is no further try. Exactly one of answer and fault is given.</summary>
    /// <param name="target">What it is about, for a person.</param>
    /// <param name="asked">How long the server asks to wait.</param>
    public virtual AppException GiveUp(Uri uri, string target, RegistryAnswer? answer, WireFault? fault, TimeSpan? asked, int tries)
    {
        if (fault is not null)
            return new AppException(fault.ErrorId, $"{target}: {fault.Reason}{Often(tries)}.", target, RegistryErrors.ActionFor(fault));
        return IsLimit(answer!)
            ? new AppException(ErrorIds.RegistryRateLimited, $"{target}: {uri.Authority} limits how often it may be asked{Wait(asked)}{Often(tries)}.", target)
            : RegistryErrors.Failed(target, answer!, Wait(asked) + Often(tries));
    }

    protected static string Often(int tries) => tries == 1 ? "" : $" ({tries} tries)";

    protected static string Wait(TimeSpan? asked) => asked is null ? "" : $" and asks to wait {RegistryErrors.Duration(asked.Value)}";
}
