namespace UpgradeOps.Engine.Apps.Definition;

/// <summary>Where backups are copied to, away from the machine: exactly one place.</summary>
internal sealed record StoreDefinition
{
    public S3StoreDefinition? S3 { get; init; }

    public SshStoreDefinition? Ssh { get; init; }

    /// <summary>True when an update waits for its backup to be there before it changes anything; else it is sent last, and may fail.</summary>
    public bool Required { get; init; } = true;

    /// <summary>How many of the newest backups stay on the machine when the store has them too; null for all.</summary>
    public int? KeepLocal { get; init; }
}

/// <summary>A bucket that speaks the S3 protocol.</summary>
internal sealed record S3StoreDefinition
{
    public required string Bucket { get; init; }

    /// <summary>What every key begins with, before the application's name; empty for nothing. Without slashes at its ends.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Null for what the environment or the profile says, or where there is an <see cref="Endpoint"/>, for <c>us-east-1</c>.</summary>
    public string? Region { get; init; }

    /// <summary>Absolute http(s) URL of a server that is not Amazon's.</summary>
    public string? Endpoint { get; init; }

    /// <summary>True when the bucket stands in the path and not in the host name.</summary>
    public bool PathStyle { get; init; }

    /// <summary>A secret reference; null, as <see cref="SecretKey"/> is then, for the standard chain: environment, profile, role.</summary>
    public string? AccessKey { get; init; }

    /// <summary>A secret reference.</summary>
    public string? SecretKey { get; init; }

    /// <summary>Of the files, not of the small manifest; null for the bucket's own.</summary>
    public string? StorageClass { get; init; }

    /// <summary><c>AES256</c> or <c>aws:kms</c>; null for what the bucket does by itself.</summary>
    public string? ServerSideEncryption { get; init; }

    /// <summary>Id or ARN of the key for <c>aws:kms</c>; null for the account's own.</summary>
    public string? KmsKey { get; init; }
}

/// <summary>A folder of another machine.</summary>
internal sealed record SshStoreDefinition
{
    /// <summary><c>ssh://user@host:port</c>.</summary>
    public required string Host { get; init; }

    /// <summary>Absolute, over there. It has to exist.</summary>
    public required string Folder { get; init; }
}
