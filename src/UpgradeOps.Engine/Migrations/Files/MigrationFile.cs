namespace UpgradeOps.Engine.Migrations.Files;

/// <summary>A migration as a release brings it: what it is called, and the texts that apply it and take it back.</summary>
/// <param name="Name">Its file's name in the release; of the one that applies it.</param>
/// <param name="Checksum">As its tool computes it, comparable with <see cref="Trackers.AppliedMigration.Checksum"/>; null for a tool that keeps none.</param>
/// <param name="Down">The file that takes it back; null when the release has none.</param>
internal sealed record MigrationFile(string Version, string? Title, string? Name, string? Checksum, MigrationScript? Down)
{
    /// <summary>What applies it.</summary>
    public byte[]? Text { get; init; }

    /// <summary>Runs again whenever its text changes, and has no place in the order.</summary>
    public bool IsRepeatable { get; init; }
}

/// <summary>SQL that takes a migration back.</summary>
/// <param name="Name">Where it was found.</param>
internal sealed record MigrationScript(string Name, byte[] Sql);

/// <summary>What a tool reads from a file's name.</summary>
internal sealed record MigrationName(string Version, string? Title, bool IsDown = false, bool IsRepeatable = false);
