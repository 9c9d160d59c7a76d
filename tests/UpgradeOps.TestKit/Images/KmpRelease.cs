using System.Text;

namespace UpgradeOps.TestKit;

/// <summary>How a release of the test application behaves once it has migrated.</summary>
public enum KmpBehaviour
{
    Healthy,

    /// <summary>/health answers 503.</summary>
    Unhealthy,

    /// <summary>The process ends with code 1 before it migrates.</summary>
    Exits,

    /// <summary>Connections are taken, but nothing is ever answered.</summary>
    Silent,
}

/// <summary>A migration of the test application; its SQL must be one line that PostgreSQL and MariaDB both understand.</summary>
public sealed record KmpMigration(long Version, string Name, string Sql)
{
    /// <summary>The name in snake case.</summary>
    public string FileName => string.Concat(Name.Select((c, i) => char.IsUpper(c) ? $"{(i > 0 ? "_" : "")}{char.ToLowerInvariant(c)}" : $"{c}"));
}

/// <summary>One release of the test application. Vary one with <c>with</c>: everything here ends up in its image.</summary>
public sealed record KmpRelease(string Version)
{
    public static readonly KmpMigration CreateEntries = new(20260101000000, "CreateEntries",
        "CREATE TABLE entries (id SERIAL PRIMARY KEY, note VARCHAR(200) NOT NULL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)");

    /// <summary>An older release can live with it.</summary>
    public static readonly KmpMigration AddAuthor = new(20260201000000, "AddAuthor",
        "ALTER TABLE entries ADD COLUMN author VARCHAR(100)");

    /// <summary>An older release can no longer write after it.</summary>
    public static readonly KmpMigration RenameNote = new(20260301000000, "RenameNote",
        "ALTER TABLE entries RENAME COLUMN note TO message");

    /// <summary>Its first statement works, its second does not: PostgreSQL undoes the first, MariaDB keeps it.</summary>
    public static readonly KmpMigration Broken = new(20260401000000, "Broken",
        "ALTER TABLE entries ADD COLUMN half_done INT; ALTER TABLE no_such_table ADD COLUMN x INT");

    public static KmpRelease V100 { get; } = new("v1.0.0");

    public static KmpRelease V110 { get; } = new("v1.1.0") { Migrations = [CreateEntries, AddAuthor] };

    public static KmpRelease V120 { get; } = V110 with { Version = "v1.2.0", Behaviour = KmpBehaviour.Unhealthy };

    public static KmpRelease V130 { get; } = new("v1.3.0") { Migrations = [CreateEntries, AddAuthor, RenameNote], Column = "message" };

    public static IReadOnlyList<KmpRelease> All { get; } = [V100, V110, V120, V130];

    public KmpBehaviour Behaviour { get; init; } = KmpBehaviour.Healthy;

    /// <summary>The version that /health tells, when it is not the true one.</summary>
    public string? Reports { get; init; }

    public IReadOnlyList<KmpMigration> Migrations { get; init; } = [CreateEntries];

    /// <summary>The column of <c>entries</c> that /write fills.</summary>
    public string Column { get; init; } = "note";

    /// <summary>Seconds after which a listening process dies with code 1; 0 is never.</summary>
    public int DiesAfter { get; init; }

    /// <summary>Seconds between the migrations and the first answer.</summary>
    public int SlowStart { get; init; }

    /// <summary>Seconds that a stopped process may finish its requests in; 0 ends it at once.</summary>
    public int Drain { get; init; }

    /// <summary>Another build of the same version: a different digest, nothing else.</summary>
    public int Build { get; init; } = 1;

    internal string ToConfiguration()
    {
        var text = new StringBuilder()
            .AppendLine($"version={Version}")
            .AppendLine($"behaviour={Behaviour.ToString().ToLowerInvariant()}")
            .AppendLine($"column={Column}")
            .AppendLine($"dies-after={DiesAfter}")
            .AppendLine($"slow-start={SlowStart}")
            .AppendLine($"drain={Drain}")
            .AppendLine($"build={Build}");
        if (Reports is not null)
            text.AppendLine($"reports={Reports}");
        foreach (var migration in Migrations)
            text.AppendLine($"migration={migration.Version}|{migration.Name}|{migration.Sql}");
        return text.ToString();
    }
}
