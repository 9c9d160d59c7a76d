using UpgradeOps.Engine.Platforms.Compose.Steps;

namespace UpgradeOps.Engine.Platforms.Compose.Planning;

/// <summary>What each step will do, for a person.</summary>
internal sealed class StepWords(IReadOnlyList<MovedService> services, Release release)
{
    private string Names => string.Join(", ", services.Select(s => s.Name));

    private string OldNames => string.Join(", ", services.Where(s => s.Running.Count > 0).Select(s => Times(s.Name, s.Running.Count)));

    private string NewNames => string.Join(", ", services.Select(s => Times(s.Name, s.Count)));

    /// <summary>Services whose images are built.</summary>
    public IReadOnlyList<string> Built => [.. services.Where(s => s.BuiltAs is not null).Select(s => s.Name)];

    public string Remember => $"Remember what runs of {Names}";

    public string Pull => $"Pull {string.Join(", ", services.Where(s => s.Digest is not null).Select(s => $"{s.Reference} ({Short(s.Digest!)})").Distinct())}";

    public string Hold => "Hold the images of both versions against pruning";

    public string Tag => $"Point {string.Join(", ", services.Where(s => s.NewImage is not null).Select(s => s.Reference).Distinct())} at {(Built.Count > 0 ? "what was built" : release.Digest is { } digest ? Short(digest) : "the recorded image")} here";

    public string Create => $"Make the new container{(services.Sum(s => s.Count) == 1 ? "" : "s")} of {NewNames} beside the old";

    public string Recreate => $"Have Compose replace the stopped container{(services.Sum(s => s.Count) == 1 ? "" : "s")} of {NewNames}";

    public string Stop => $"Stop the old {OldNames}";

    public string Start => $"Start {NewNames} in version {release.Version}";

    public string Keep => $"Remove the old container{(services.Sum(s => s.Old.Count) == 1 ? "" : "s")}; hold the old image";

    private static string Times(string name, int count) => count == 1 ? name : $"{name} ×{count}";

    private static string Short(string digest) => digest.Length > 19 ? digest[..19] : digest;
}
