using System.Text.RegularExpressions;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Ssh;
using UpgradeOps.Engine.Releases.Git;

namespace UpgradeOps.Engine.Apps.Definition.Reading;

/// <summary>What a text must look like, and what to tell when it does not.</summary>
internal sealed partial record TextRule(Func<string, bool> Accepts, string Complaint, string Fix)
{
    public static readonly TextRule Any = new(static t => t.Length > 0 && !t.Contains('\0'), "is empty", "Give it a value.");

    /// <summary>May be empty, as the value of an environment variable may.</summary>
    public static readonly TextRule Value = new(static t => !t.Contains('\0'), "holds a null byte", "Remove it.");

    public static readonly TextRule Notes = new(NotesPattern(), "is no place of release notes",
        "Write github:owner/repository, or an https address with {version} in it.");

    public static readonly TextRule AppName = new(AppNamePattern(), "is no name for an application",
        "Use 1 to 63 lower case letters, digits and dashes, with a letter or digit at both ends.");

    public static readonly TextRule PartName = new(PartNamePattern(), "is not a name that can be used here",
        "Use 1 to 63 letters, digits, dots, dashes and underscores, and begin with a letter or digit.");

    public static readonly TextRule Unit = new(UnitPattern(), "is no name of a service unit",
        "Write it as systemctl does, such as chatalot.service or chatalot@blue.service.");

    public static readonly TextRule WindowsService = new(WindowsServicePattern(), "is no name of a Windows service",
        "Write its name (not its display name) without slashes, as Get-Service tells it, such as Notes.");

    public static readonly TextRule Variable = new(VariablePattern(), "is no name of a variable",
        "Use letters, digits and underscores, such as KMP_IMAGE_TAG.");

    public static readonly TextRule Image = new(ImagePattern(), "is no image repository",
        "Write it without a tag or digest, such as ghcr.io/owner/app; the tag follows from the channel or the version.");

    public static readonly TextRule Tag = new(TagPattern(), "is neither a tag nor a pattern of tags",
        "Write a tag such as latest, or a pattern such as \"*-rolling-daily\".");

    public static readonly TextRule GitChannel = new(static t => TagPattern().IsMatch(t) || BranchPattern().IsMatch(t), "is neither a tag, nor a pattern of tags, nor a branch",
        "Write a tag such as stable, a pattern such as \"v*\", or a branch such as branch:main.");

    public static readonly TextRule Git = new(static t => !GitAddress.IsRefused(t), "is no address of a git repository that can be used here",
        "Write https://…, ssh://user@host/path, user@host:path, file:///path or a path on the application's host, without a password.") { HidesValue = true };

    public static readonly TextRule GitHubRepository = new(GitHubRepositoryPattern(), "is no repository of GitHub", "Write it as owner/name.");

    public static readonly TextRule Asset = new(static t => AssetPattern().IsMatch(t) && OnlyKnown(t, "{version}", "{tag}"), "is no name of an asset",
        "Write a file's name, with {version} (1.2.3) or {tag} (v1.2.3) where they stand, such as \"notes_{version}_linux_amd64.tar.gz\".");

    public static readonly TextRule ChecksumAsset = new(static t => AssetPattern().IsMatch(t) && OnlyKnown(t, "{version}", "{tag}", "{asset}"), "is no name of an asset",
        "Write checksums.txt, \"notes_{version}_checksums.txt\", \"{asset}.sha256\", or none where the publisher gives no checksums.");

    /// <summary>What comes over plain http anybody on the way can change: only from this machine.</summary>
    public static readonly TextRule Api = new(
        static t => Uri.TryCreate(t, UriKind.Absolute, out var u) && u.UserInfo.Length == 0 && u.Query.Length == 0 && u.Fragment.Length == 0 && (u.Scheme == "https" || (u.Scheme == "http" && u.IsLoopback)),
        "is no https address of an API", "Write it as the server does, such as https://github.example.org/api/v3, without a password.") { HidesValue = true };

    public static readonly TextRule DatabaseName = new(DatabaseNamePattern(), "is not a name that can be used here",
        "Use 1 to 63 letters, digits, underscores, dashes, dots and dollar signs.");

    /// <summary>Also free of what PostgreSQL keeps for itself.</summary>
    public static readonly TextRule SchemaName = new(static t => SchemaNamePattern().IsMatch(t) && !t.StartsWith("pg_", StringComparison.Ordinal),
        "is not a name for the schema", "Use 1 to 63 lower case letters, digits and underscores, beginning with a letter, and not with pg_.");

    public static readonly TextRule Table = new(TablePattern(), "is no name of a table", "Write a table such as phinxlog, or schema.table.");

    public static readonly TextRule ReleaseFolder = new(ReleaseFolderPattern(), "is no folder of a release",
        "Write a relative path without .., such as migrations, or image:/app/migrations for a folder in the image.");

    public static readonly TextRule DottedPath = new(DottedPathPattern(), "is no path into a JSON answer",
        "Write names with dots between them, such as version or build.version.");

    public static readonly TextRule Header = new(HeaderPattern(), "is no name of a header", "Write it as HTTP does, such as Content-Type.");

    public static readonly TextRule HeaderValue = new(static t => t.Length > 0 && !t.Any(char.IsControl), "is no value of a header", "Write it in one line.");

    public static readonly TextRule Address = new(AddressPattern(), "is no host name or address",
        "Write a host name or an IP address without scheme and port, such as db.example.org.");

    public static readonly TextRule Url = new(
        static t => Uri.TryCreate(t, UriKind.Absolute, out var u) && u.Scheme is "http" or "https" && u.Host.Length > 0 && u.UserInfo.Length == 0,
        "is no absolute http or https address without credentials", "Write it whole, such as http://127.0.0.1:8080/health.");

    public static readonly TextRule Bucket = new(BucketPattern(), "is no name of a bucket",
        "Use the 3 to 63 lower case letters, digits, dots and dashes that the bucket has, without s3:// and path.");

    public static readonly TextRule KeyPrefix = new(KeyPrefixPattern(), "is no prefix for keys",
        "Use letters, digits, dots, dashes and underscores with single slashes between them, such as production/kmp.");

    public static readonly TextRule Region = new(RegionPattern(), "is no name of a region", "Write it as the server does, such as eu-central-1.");

    public static readonly TextRule SshServer = new(static t => SshAddress.Parse(t) is not null, "is no address of an SSH server",
        "Write ssh://user@host:port; user and port may be left to the SSH configuration.");

    public static readonly TextRule RemoteFolder = new(static t => HostPath.IsPosix(t) && !t.Any(char.IsControl) && HostPath.Absolute(t, "/").Length > 1,
        "is no folder of an SSH host", "Write it from the root on, such as /srv/backups.");

    public static readonly TextRule Inside = new(IsInside, "is no path below the platform's folder",
        "Write a path relative to it without '..', such as .env or config/app.json.");

    public static readonly TextRule TreePath = new(static t => t == "." || IsInside(t.TrimEnd('/')), "is no path below the root of the tree",
        "Write a path relative to it without '..', such as target/release/app.");

    public static readonly TextRule Mode = new(ModePattern(), "is no mode of a file", "Write three or four octal digits in quotes, such as \"0755\".");

    public static readonly TextRule Owner = new(OwnerPattern(), "is no user, or user and group", "Write user or user:group, such as chatalot:chatalot.");

    /// <summary>A value that every reader of a <c>.env</c> file takes for the same text, whatever it does with quotes.</summary>
    public static readonly TextRule EnvValue = new(static t => t.Length > 0 && t.Trim() == t && !t.Any(static c => char.IsControl(c) || "'\"`\\".Contains(c, StringComparison.Ordinal)),
        "cannot be written into a .env file so that everybody reads the same", "Write it in one line, without quotes, backslashes and spaces at its ends.");

    /// <summary>A password field: a value in it that is no reference may be the password itself, so no message repeats it.</summary>
    public static readonly TextRule Secret = new(SecretReference.IsReference, "is not a reference to a secret",
        "Write env:NAME, env-file:<path>#VARIABLE, file:<path> or secret:NAME; a password itself does not belong into this file.") { HidesValue = true };

    /// <summary>True when a refused value must not be shown.</summary>
    public bool HidesValue { get; private init; }

    private TextRule(Regex pattern, string complaint, string fix)
        : this(pattern.IsMatch, complaint, fix)
    {
    }

    private static bool OnlyKnown(string text, params IReadOnlyList<string> placeholders)
    {
        foreach (var known in placeholders)
            text = text.Replace(known, "", StringComparison.Ordinal);
        return text.IndexOfAny(['{', '}']) < 0;
    }

    private static bool IsInside(string path) =>
        path.Length > 0 && !path.Contains('\0') && !Path.IsPathRooted(path) && path.Split('/', '\\').All(static p => p is not ("" or ".."));

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z")]
    private static partial Regex BucketPattern();

    [GeneratedRegex(@"\A/?(?!\.{1,2}(/|\z))[A-Za-z0-9._-]{1,100}(/(?!\.{1,2}(/|\z))[A-Za-z0-9._-]{1,100}){0,7}/?\z")]
    private static partial Regex KeyPrefixPattern();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,62}\z")]
    private static partial Regex RegionPattern();

    [GeneratedRegex(@"\A(github:[A-Za-z0-9-]+/[A-Za-z0-9._-]+|https?://[^\s]+)\z")]
    private static partial Regex NotesPattern();

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex AppNamePattern();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,62}\z")]
    private static partial Regex PartNamePattern();

    [GeneratedRegex(@"\A(?!.*\.(socket|timer|target|path|mount|automount|device|swap|slice|scope)\z)[A-Za-z0-9_][A-Za-z0-9:_.@\\-]{0,246}(?<!@)(?<!@\.service)\z")]
    private static partial Regex UnitPattern();

    [GeneratedRegex(@"\A(?! )[^/\\""\p{C}]{1,256}(?<! )\z")]
    private static partial Regex WindowsServicePattern();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex VariablePattern();

    [GeneratedRegex(@"\A([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*\z")]
    private static partial Regex ImagePattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_*][A-Za-z0-9._*-]{0,127}\z")]
    private static partial Regex TagPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9](-?[A-Za-z0-9]){0,38}/(?!\.{1,2}\z)[A-Za-z0-9._-]{1,100}\z")]
    private static partial Regex GitHubRepositoryPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_{][A-Za-z0-9._+~@{}-]{0,200}\z")]
    private static partial Regex AssetPattern();

    [GeneratedRegex(@"\A0?[0-7]{3}\z")]
    private static partial Regex ModePattern();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9._-]{0,31}(:[A-Za-z_][A-Za-z0-9._-]{0,31})?\z")]
    private static partial Regex OwnerPattern();

    [GeneratedRegex(@"\Abranch:(?![-/.])(?!.*(\.\.|//|@\{))[^\s~^:?*\[\\\p{C}]{1,200}(?<![/.])\z")]
    private static partial Regex BranchPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.$-]{0,62}\z")]
    private static partial Regex DatabaseNamePattern();

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,62}\z")]
    private static partial Regex SchemaNamePattern();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?\z")]
    private static partial Regex TablePattern();

    [GeneratedRegex(@"\A(image:/|(?!/))(?!(.*/)?\.\.(/|\z))[^\0\\:]+\z")]
    private static partial Regex ReleaseFolderPattern();

    [GeneratedRegex(@"\A[^.\s]+(\.[^.\s]+)*\z")]
    private static partial Regex DottedPathPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+.^_`|~-]+\z")]
    private static partial Regex HeaderPattern();

    [GeneratedRegex(@"\A([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]+)\z")]
    private static partial Regex AddressPattern();
}
