namespace UpgradeOps.Engine.Databases.MariaDb.Swap;

/// <summary>
/// What a swap moves, written down in the database before anything is moved: MariaDB cannot rename a database, and the objects that
/// cannot move either (triggers, views, routines) are dropped here and made again there, so their text must outlive a crash.
/// </summary>
/// <param name="Live">The name that both sides want.</param>
/// <param name="Incoming">The database whose objects become live.</param>
/// <param name="Outgoing">The database that gets the objects that were live.</param>
/// <param name="Out">What was live.</param>
/// <param name="In">What becomes live.</param>
/// <param name="Grants">Rights on live routines, which a server forgets when a routine is dropped: statements that give them again.</param>
internal sealed record SwapPlan(string Live, string Incoming, string Outgoing, SwapSide Out, SwapSide In, IReadOnlyList<RoutineGrant> Grants);

/// <summary>The objects of one database.</summary>
/// <param name="Tables">Base tables, versioned tables and sequences: whatever RENAME TABLE moves.</param>
internal sealed record SwapSide(
    IReadOnlyList<string> Tables,
    IReadOnlyList<TriggerText> Triggers,
    IReadOnlyList<ViewText> Views,
    IReadOnlyList<RoutineText> Routines,
    IReadOnlyList<EventName> Events);

/// <param name="Events">Such as <c>INSERT</c>.</param>
/// <param name="Definer">Quoted, such as <c>`root`@`%`</c>.</param>
/// <param name="Body">What stands behind FOR EACH ROW.</param>
internal sealed record TriggerText(string Name, string Table, string Timing, string Events, string Definer, string Body, string SqlMode, string Collation);

/// <param name="Create">As SHOW CREATE VIEW tells it from within its database, so that its own database is not named.</param>
internal sealed record ViewText(string Name, string Create, string Collation, IReadOnlyList<string> Columns);

/// <param name="Kind"><c>PROCEDURE</c>, <c>FUNCTION</c>, <c>PACKAGE</c> or <c>PACKAGE BODY</c>.</param>
internal sealed record RoutineText(string Kind, string Name, string Create, string SqlMode, string Collation);

/// <param name="Runs">True when it is to run where it is live.</param>
internal sealed record EventName(string Name, bool Runs);

/// <param name="Rights">Such as <c>EXECUTE, ALTER ROUTINE</c>.</param>
/// <param name="Account">Quoted.</param>
internal sealed record RoutineGrant(string Kind, string Name, string Rights, string Account, bool WithGrant);

/// <summary>Where the two sides of a plan are wanted.</summary>
internal enum SwapGoal
{
    /// <summary>As they were before.</summary>
    Original,

    Swapped,
}
