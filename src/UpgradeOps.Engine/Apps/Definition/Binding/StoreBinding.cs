using UpgradeOps.Engine.Apps.Definition.Reading;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Ssh;

namespace UpgradeOps.Engine.Apps.Definition.Binding;

/// <summary><c>store:</c></summary>
internal static class StoreBinding
{
    /// <summary>What can be read again at once; a backup that has to be thawed for hours is none in the night of a failure.</summary>
    private static readonly string[] StorageClasses = ["STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR"];

    private const int MostKept = 10_000;

    /// <param name="directory">The platform's, where paths of secrets start.</param>
    /// <param name="host">The application's.</param>
    public static StoreDefinition? Bind(Section root, string directory, string host)
    {
        if (root.Child("store", DefinitionKeys.Store) is not { } section)
            return null;
        section.ExactlyOne("s3", "ssh");
        return new StoreDefinition
        {
            S3 = section.Child("s3", DefinitionKeys.StoreS3) is { } s3 ? S3(s3, directory) : null,
            Ssh = section.Child("ssh", DefinitionKeys.StoreSsh) is { } ssh ? Ssh(ssh, host) : null,
            Required = section.Choice("required", "true", ["true", "false"]) == "true",
            KeepLocal = section.Number("keepLocal", 1, MostKept),
        };
    }

    private static S3StoreDefinition S3(Section section, string directory)
    {
        foreach (var (one, other) in new[] { ("accessKey", "secretKey"), ("secretKey", "accessKey") })
        {
            if (section.Has(one) && !section.Has(other))
                section.Wrong(one, $"it counts for nothing without {other}", "Name both, or neither for the environment, profile or role that the AWS tools use.");
        }

        var endpoint = section.Text("endpoint", TextRule.Url);
        var encryption = section.Has("serverSideEncryption") ? section.Choice("serverSideEncryption", "AES256", ["AES256", "aws:kms"]) : null;
        if (section.Has("kmsKey") && encryption != "aws:kms")
            section.Wrong("kmsKey", "it counts only for 'serverSideEncryption: aws:kms'", "Add that line, or remove the key.");
        return new S3StoreDefinition
        {
            Bucket = section.RequiredText("bucket", TextRule.Bucket, "Name the bucket."),
            Prefix = section.Text("prefix", TextRule.KeyPrefix)?.Trim('/') ?? "",
            Region = section.Text("region", TextRule.Region),
            Endpoint = endpoint?.TrimEnd('/'),
            // Servers other than Amazon's rarely have a name for each bucket.
            PathStyle = section.Choice("pathStyle", endpoint is null ? "false" : "true", ["true", "false"]) == "true",
            AccessKey = Secret(section, "accessKey", directory),
            SecretKey = Secret(section, "secretKey", directory),
            StorageClass = section.Has("storageClass") ? section.Choice("storageClass", "STANDARD", StorageClasses, "GLACIER", "DEEP_ARCHIVE") : null,
            ServerSideEncryption = encryption,
            KmsKey = section.Text("kmsKey"),
        };
    }

    private static SshStoreDefinition Ssh(Section section, string host)
    {
        var isRemote = SshAddress.Parse(host) is not null;
        if (!isRemote && !section.Has("host"))
            section.Missing("host", "Name the machine that keeps them, such as 'host: ssh://backup@vault.example.org': the application's own is this one.");
        var address = section.Text("host", TextRule.SshServer);
        var folder = section.RequiredText("folder", TextRule.RemoteFolder, "Name the folder, such as 'folder: /srv/backups'.");
        return new SshStoreDefinition
        {
            Host = (address is null ? null : SshAddress.Parse(address))?.ToString() ?? host,
            Folder = folder.Length == 0 ? folder : HostPath.Absolute(folder, "/"),
        };
    }

    private static string? Secret(Section section, string key, string directory) =>
        section.Text(key, TextRule.Secret) is { } reference ? SecretReference.Absolute(reference, directory) : null;
}
