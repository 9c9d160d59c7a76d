using System.Globalization;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Platforms.Service.Supervisors.Systemd;

/// <summary>A unit and what belongs to it, at one moment.</summary>
internal sealed class UnitLook
{
    /// <summary>The clock of a file system counts in seconds; so do we, and a little more.</summary>
    private const double Doubt = 2;

    private readonly ServicePaths paths;

    private UnitLook(UnitState unit, ServicePaths paths)
    {
        Unit = unit;
        this.paths = paths;
        Link = Name("Link") is { Length: > 0 } target ? HostPath.Absolute(target, paths.Directory) : null;
        var record = StartRecord.Parse(Name("Record"));
        // A unit that ended well is forgotten by systemd at once, and its identity with it.
        Start = unit.Invocation.Length == 0 || (record?.Invocation is { } ours && (ours == unit.Invocation || unit.Restarts > 0)) ? record : null;
    }

    public UnitState Unit { get; }

    /// <summary>Our record of the present start, or of the one that systemd's restarts go back to; null when somebody else started it.</summary>
    public StartRecord? Start { get; }

    /// <summary>Where <c>current</c> leads, absolute; null when there is no such link.</summary>
    public string? Link { get; }

    /// <summary>Seconds since 1970 by the host's clock.</summary>
    public long Now => long.TryParse(Name("Now"), NumberStyles.None, CultureInfo.InvariantCulture, out var now) ? now : 0;

    public bool IsRoot => Name("User") == "0";

    /// <summary>The same through all restarts by systemd itself.</summary>
    public string Id => Start?.Invocation ?? Unit.Invocation;

    public static UnitLook Parse(string text, ServicePaths paths) => new(UnitState.Parse(text), paths);

    /// <summary>
    /// The release folder that the main process runs from; empty when nobody knows. Its own folder and program tell, where we may see them. Else what we wrote
    /// down when we started it, or the link, unless that may have been changed since.
    /// </summary>
    public string Folder()
    {
        if (Unit.MainProcess == 0)
            return Link ?? "";
        if ((Below(Name("Cwd")) ?? Below(Name("Exe"))) is { } seen)
            return seen;
        if (Start is { } start && start.Invocation == Unit.Invocation)
            return start.Folder;
        return Link is not null && Number("LinkTime") is { } link && StartedAt() is { } started && link + Doubt < started ? Link : "";
    }

    /// <summary>The release folder that a path is in.</summary>
    private string? Below(string path)
    {
        var prefix = paths.Releases + "/";
        return path.StartsWith(prefix, StringComparison.Ordinal) && path.Length > prefix.Length
            ? prefix + path[prefix.Length..].Split('/')[0]
            : null;
    }

    private double? StartedAt() => Number("Uptime") is { } uptime && Unit["ExecMainStartTimestampMonotonic"] is { Length: > 1 } text
        && double.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            ? Now - (uptime - microseconds / 1_000_000)
            : null;

    private double? Number(string name) => double.TryParse(Name(name), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private string Name(string name) => Unit[UnitState.Ours + name];
}
