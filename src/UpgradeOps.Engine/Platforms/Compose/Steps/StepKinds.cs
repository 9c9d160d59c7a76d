namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>The kinds of this platform's steps. They stand in journals: never renamed.</summary>
internal static class StepKinds
{
    public const string Prefix = "compose";
    public const string Remember = "compose.remember";
    public const string Pull = "compose.pull";
    public const string Build = "compose.build";
    public const string Hold = "compose.hold";
    public const string Tag = "compose.tag";
    public const string Files = "compose.files";
    public const string Env = "compose.env";
    public const string Mounts = "compose.mounts";
    public const string Create = "compose.create";
    public const string Recreate = "compose.recreate";
    public const string Stop = "compose.stop";
    public const string Start = "compose.start";
    public const string Keep = "compose.keep";
}

/// <summary>Names of inputs in plans.</summary>
internal static class StepInputs
{
    /// <summary>The Compose project's name.</summary>
    public const string Project = "project";

    /// <summary>Of a job: the service in whose environment it runs.</summary>
    public const string Service = "service";

    /// <summary>JSON array of <see cref="MovedService"/>.</summary>
    public const string Services = "services";

    /// <summary>The variable's value after the update, and before it.</summary>
    public const string Value = "value";
    public const string OldValue = "oldValue";

    /// <summary>SHA-256 of a file when the plan was made.</summary>
    public const string Sha256 = "sha256";

    /// <summary>JSON array of absolute paths.</summary>
    public const string Paths = "paths";

    /// <summary>JSON object: SHA-256 that a file must have when the step runs, by its path. Not in plans of older versions.</summary>
    public const string Files = "files";

    /// <summary>Of a build: the release, as its images will tell it.</summary>
    public const string Version = "version";
    public const string Tag = "tag";
    public const string Source = "source";
    public const string Digest = "digest";

    /// <summary>JSON array of <see cref="Builds.CommitFile"/>: the compose files that count after the update.</summary>
    public const string CommitFiles = "commitFiles";

    /// <summary>JSON array of <see cref="Compose.Mounts.MountChange"/>.</summary>
    public const string Mounts = "mounts";

    /// <summary>Bytes to fetch, where known.</summary>
    public const string Size = "size";

    /// <summary>JSON array of ids of containers that want to be restarted after the switch.</summary>
    public const string Dependents = "dependents";
}

/// <summary>Names of outputs in journals.</summary>
internal static class StepOutputs
{
    /// <summary>JSON object: image id by <c>repository@digest</c>, or by the name of what was built.</summary>
    public const string Images = "images";

    /// <summary>JSON array of ids of the holds that were there before.</summary>
    public const string Standing = "standing";

    /// <summary>JSON object: image id that a reference had before, or an empty text, by reference.</summary>
    public const string Previous = "previous";

    /// <summary>JSON array of <see cref="NewContainer"/>.</summary>
    public const string Containers = "containers";

    /// <summary>JSON array of absolute paths of folders that the step makes.</summary>
    public const string Folders = "folders";

    /// <summary>JSON object: Unix permission bits of folders that the step removes because nothing is left in them, by absolute path.</summary>
    public const string Emptied = "emptied";

    /// <summary>JSON object: restart policy by container id.</summary>
    public const string Policies = "policies";

    /// <summary>JSON object: start time, as the engine writes it, by container id.</summary>
    public const string Started = "started";
}
