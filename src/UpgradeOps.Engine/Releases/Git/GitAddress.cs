using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Releases.Git;

/// <summary>How a definition writes where a git repository is. Passwords are no part of it, and neither are transports that run commands.</summary>
internal static partial class GitAddress
{
    /// <summary>An address that another machine answers at, or <c>file://</c>; anything else is a path.</summary>
    public static bool IsUrl(string text) => UrlPattern().IsMatch(text) || ScpPattern().IsMatch(text);

    /// <summary>True for what can be neither: a transport that is not known here, a password in it, what git would take for an option.</summary>
    public static bool IsRefused(string text) =>
        text.Length == 0 || text[0] == '-' || text.Any(char.IsControl) || (!IsUrl(text) && (text.Contains("::", StringComparison.Ordinal) || text.Contains("://", StringComparison.Ordinal)));

    /// <summary>On the disk of the machine that asks: a path, or <c>file://</c>. As git tells them: a colon before the first slash names a machine.</summary>
    public static bool IsLocal(string text) => text.StartsWith("file:", StringComparison.Ordinal) || !text.Split('/')[0].Contains(':', StringComparison.Ordinal);

    /// <summary>What git may speak for the sake of a repository and its submodules: a commit must not name what only this machine can reach.</summary>
    public static string Protocols(string? address) => address switch
    {
        null => "https:ssh",
        _ when IsLocal(address) => "https:ssh:file",
        _ when IsUrl(address) && address.StartsWith("http:", StringComparison.Ordinal) => "https:ssh:http",
        _ => "https:ssh",
    };

    /// <summary>Scheme, host and port of an http address, for which alone a password counts; null for any other.</summary>
    public static string? Authority(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" ? uri.GetLeftPart(UriPartial.Authority) : null;

    /// <summary>A text of git's without the credentials that an address in it may hold.</summary>
    public static string Clean(string text) => CredentialsPattern().Replace(text, "://");

    // Plain http brings code that anybody on the way can change: only from this machine.
    [GeneratedRegex(@"\A(https://[A-Za-z0-9.\[\]:-]+/\S+|http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?/\S+|ssh://([A-Za-z0-9._-]+@)?(?!-)[A-Za-z0-9.\[\]:-]+/\S+|file:///.+)\z")]
    private static partial Regex UrlPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]+@(?!-)[A-Za-z0-9.-]+:(?!:)[^\s:]+\z")]
    private static partial Regex ScpPattern();

    [GeneratedRegex(@"://[^/@\s']*@")]
    private static partial Regex CredentialsPattern();
}
