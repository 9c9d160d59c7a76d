using System.Globalization;

namespace UpgradeOps.Engine.Hosts.Ssh;

/// <summary>Where an SSH server listens and who logs in there; what is null is left to the user's SSH configuration.</summary>
internal sealed record SshAddress(string? User, string Host, int? Port)
{
    private const string Scheme = "ssh://";

    /// <summary>Reads <c>ssh://[user@]host[:port]</c>; the host may be a name of the SSH configuration, or an IPv6 address in brackets.</summary>
    /// <returns>Null when the text is none.</returns>
    public static SshAddress? Parse(string text)
    {
        if (!text.StartsWith(Scheme, StringComparison.Ordinal))
            return null;

        var rest = text[Scheme.Length..];
        string? user = null;
        if (rest.LastIndexOf('@') is var at and >= 0)
            (user, rest) = (rest[..at], rest[(at + 1)..]);
        if (user is "" || (user is not null && !IsPlain(user)))
            return null;

        var colon = rest.LastIndexOf(':');
        if (rest.StartsWith('['))
            colon = rest.IndexOf("]:", StringComparison.Ordinal) is var end and > 0 ? end + 1 : -1;
        int? port = null;
        if (colon >= 0)
        {
            if (!int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535)
                return null;
            (port, rest) = (number, rest[..colon]);
        }

        var host = rest.StartsWith('[') && rest.EndsWith(']') ? rest[1..^1] : rest;
        var isAddress = host.Length < rest.Length;
        return host.Length > 0 && IsPlain(host) && (isAddress || !host.Contains(':')) ? new SshAddress(user, host, port) : null;
    }

    public override string ToString() =>
        $"{Scheme}{(User is null ? "" : $"{User}@")}{(Host.Contains(':') ? $"[{Host}]" : Host)}{(Port is null ? "" : $":{Port.Value.ToString(CultureInfo.InvariantCulture)}")}";

    /// <summary>No option, no second word, nothing that a shell or a ProxyCommand of the configuration would take for more than a name.</summary>
    private static bool IsPlain(string text) =>
        text[0] != '-' && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '%' or '+' || c > 127);
}
