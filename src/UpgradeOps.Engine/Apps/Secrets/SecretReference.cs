using System.Diagnostics.CodeAnalysis;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Apps.Secrets;

internal enum SecretScheme
{
    /// <summary><c>env:NAME</c>: an environment variable of this process.</summary>
    Environment,

    /// <summary><c>env-file:path#VARIABLE</c>: a variable in a file as Compose reads it.</summary>
    EnvironmentFile,

    /// <summary><c>file:path</c>: the content of a file, without its last line end.</summary>
    File,

    /// <summary><c>secret:NAME</c>: a vault that the face provides.</summary>
    Vault,
}

/// <summary>Where a secret is to be found; never the secret.</summary>
/// <param name="Name">The variable's or secret's name; empty for a file.</param>
/// <param name="Path">As written; relative to the platform's folder. Empty where the scheme has none.</param>
internal sealed record SecretReference(SecretScheme Scheme, string Name, string Path)
{
    public static bool IsReference(string text) => TryParse(text, out _);

    public static bool TryParse(string text, [NotNullWhen(true)] out SecretReference? reference)
    {
        reference = null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || text.Contains('\0') || text.Contains('\n'))
            return false;

        var rest = text[(colon + 1)..];
        var hash = rest.LastIndexOf('#');
        reference = text[..colon] switch
        {
            "env" when rest.Length > 0 && !rest.Contains('=') => new SecretReference(SecretScheme.Environment, rest, ""),
            "env-file" when hash > 0 && hash < rest.Length - 1 => new SecretReference(SecretScheme.EnvironmentFile, rest[(hash + 1)..], rest[..hash]),
            "file" when rest.Length > 0 => new SecretReference(SecretScheme.File, "", rest),
            "secret" when rest.Length > 0 => new SecretReference(SecretScheme.Vault, rest, ""),
            _ => null,
        };
        return reference is not null;
    }

    /// <summary>The same reference with its path, if it has one, absolute.</summary>
    public static string Absolute(string reference, string directory) => TryParse(reference, out var parsed) && parsed.Path.Length > 0
        ? (parsed with { Path = HostPath.Absolute(parsed.Path, directory) }).ToString()
        : reference;

    public override string ToString() => Scheme switch
    {
        SecretScheme.Environment => $"env:{Name}",
        SecretScheme.EnvironmentFile => $"env-file:{Path}#{Name}",
        SecretScheme.File => $"file:{Path}",
        _ => $"secret:{Name}",
    };
}
