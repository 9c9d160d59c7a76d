namespace UpgradeOps.Engine.Platforms.Service;

/// <summary>Kinds, inputs and outputs of the steps of a service: they stand in journals, so they are never renamed.</summary>
internal static class ServiceSteps
{
    public const string Prefix = "service";

    public const string Stage = "service.stage";
    public const string Export = "service.export";
    public const string Fetch = "service.fetch";
    public const string BuildKind = "service.build";
    public const string Stop = "service.stop";
    public const string Link = "service.link";
    public const string Start = "service.start";
    public const string Keep = "service.keep";

    /// <summary>Input: the release folder to change to, absolute.</summary>
    public const string Folder = "folder";

    /// <summary>Input of <see cref="Stage"/>: the published folder.</summary>
    public const string From = "from";
    public const string Version = "version";
    public const string Tag = "tag";
    public const string Source = "source";
    public const string Digest = "digest";

    /// <summary>Input of <see cref="BuildKind"/>: what the declared build is recognised by.</summary>
    public const string Build = "build";

    /// <summary>Input of <see cref="Keep"/>: the release folder that ran before.</summary>
    public const string Previous = "previous";

    /// <summary>Output of <see cref="Link"/>: the folder that <c>current</c> pointed to; empty when there was no link.</summary>
    public const string PreviousFolder = "previousFolder";

    /// <summary>Output of <see cref="Stop"/>: the release folder from which the stopped process had been started; empty when none ran.</summary>
    public const string StoppedFolder = "stoppedFolder";
}
