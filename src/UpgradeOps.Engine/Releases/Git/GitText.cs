namespace UpgradeOps.Engine.Releases.Git;

/// <summary>Texts that anybody may have written into a repository, as a terminal can show them.</summary>
internal static class GitText
{
    public static string Line(string text) => new([.. text.Select(static c => char.IsControl(c) ? ' ' : c)]);

    /// <summary>Lines and tabs stay.</summary>
    public static string Lines(string text) => new([.. text.Replace("\r\n", "\n", StringComparison.Ordinal).Select(static c => char.IsControl(c) && c is not ('\n' or '\t') ? ' ' : c)]);
}
