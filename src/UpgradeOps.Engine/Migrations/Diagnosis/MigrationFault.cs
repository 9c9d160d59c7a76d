namespace UpgradeOps.Engine.Migrations.Diagnosis;

/// <summary>A migration that did not come to its end, as far as it is known.</summary>
/// <param name="Version">Null when nobody told which one it was.</param>
/// <param name="Message">What the database server said; null when it is in no log.</param>
internal sealed record MigrationFault(string? Version, string? Title, string? Message)
{
    private const int LongestMessage = 500;

    /// <summary>As the beginning of a sentence: <c>Migration 40 (thread titles)</c>.</summary>
    public string Named => Version is null ? "A migration" : $"Migration {Version}{(Title is { Length: > 0 } title ? $" ({title})" : "")}";

    /// <summary>The server's message as the end of a sentence.</summary>
    public string Said => Message switch
    {
        null => "what the database said is not in its log",
        { Length: > LongestMessage } longer => longer[..LongestMessage] + "…",
        var whole => whole.TrimEnd('.', ' '),
    };
}
