namespace UpgradeOps.Engine.Apps.Definition;

/// <summary>
/// A value that an update makes where it is missing, and never replaces: a variable of a <c>.env</c> file, a file of its own, or a key pair in
/// two files. Paths are relative to the platform's directory.
/// </summary>
internal sealed record GenerateDefinition
{
    /// <summary>The variable in <see cref="EnvFile"/>; exactly one of this, <see cref="File"/> and <see cref="Key"/> is set.</summary>
    public string? Variable { get; init; }

    public string EnvFile { get; init; } = ".env";

    /// <summary>A file that holds the value alone, without a line end.</summary>
    public string? File { get; init; }

    /// <summary>The kind of a key pair: one of <see cref="Keys"/>.</summary>
    public string? Key { get; init; }

    /// <summary>Of a key pair: the private key, PKCS #8 in PEM.</summary>
    public string? Private { get; init; }

    /// <summary>Of a key pair: the public key, SubjectPublicKeyInfo in PEM.</summary>
    public string? Public { get; init; }

    /// <summary>What a random value is written with: one of <see cref="Forms"/>; null for <see cref="Value"/> and key pairs.</summary>
    public string? Random { get; init; }

    /// <summary>Of a random value: characters of <see cref="Alphanumeric"/>, bytes before they are encoded of the others.</summary>
    public int Size { get; init; } = UsualSize;

    /// <summary>Of a variable: what it is set to, where that is no secret. Other variables in it are expanded by who reads the file.</summary>
    public string? Value { get; init; }

    /// <summary>Octal mode of the file, or of the private key.</summary>
    public string Mode { get; init; } = "0600";

    /// <summary>True when a new value may take a lost one's place: nothing was encrypted with it, and nothing else remembers it.</summary>
    public bool Disposable { get; init; }

    public const int UsualSize = 32;
    public const int LeastSize = 16;
    public const int MostSize = 1024;

    public const string Alphanumeric = "alphanumeric";
    public const string Hex = "hex";
    public const string Base64 = "base64";
    public const string Base64Url = "base64url";

    public static readonly IReadOnlyList<string> Forms = [Alphanumeric, Hex, Base64, Base64Url];

    public const string Ed25519 = "ed25519";

    public static readonly IReadOnlyList<string> Keys = [Ed25519, "rsa-2048", "rsa-3072", "rsa-4096", "ec-p256", "ec-p384", "ec-p521"];

    /// <summary>What it is told by: <c>.env#DB_PASSWORD</c>, <c>secrets/session_key</c>; a key pair by its private key.</summary>
    public string Name => Variable is not null ? $"{EnvFile}#{Variable}" : File ?? Private!;

    /// <summary>The files that exist once it was made.</summary>
    public IEnumerable<string> Files => Variable is not null ? [EnvFile] : File is not null ? [File] : [Private!, Public!];

    /// <summary>A reference to its value; null where it is no secret.</summary>
    public string? Reference => Variable is not null ? (Random is null ? null : $"env-file:{EnvFile}#{Variable}") : $"file:{File ?? Private}";
}
