namespace UpgradeOps.Engine.Databases.MariaDb.Swap;

/// <summary>
/// Statements that bring every table of both sides where it is wanted, from wherever it is. Without triggers that is one RENAME TABLE,
/// which takes effect at once for everybody. A table with triggers cannot leave its database, and must not be written to without
/// them, so with triggers the tables first get names that no application knows, and their real ones when all is in place.
/// </summary>
internal sealed class TableMoves(SwapPlan plan, SwapGoal goal, SwapWorld world)
{
    private static readonly MariaDbDialect Sql = MariaDbDialect.Instance;

    /// <summary>One table of a side: where it is, and where it goes.</summary>
    private sealed record Move(SwapSide Side, (string Database, string Name) From, string Home, string Name, string Hidden)
    {
        public bool Crosses => From.Database != Home;
    }

    public IEnumerable<string> Statements()
    {
        var leaving = Locate(plan.Out, "out", plan.Outgoing, goal == SwapGoal.Swapped ? plan.Outgoing : plan.Live);
        var entering = Locate(plan.In, "in", plan.Incoming, goal == SwapGoal.Swapped ? plan.Live : plan.Incoming);
        // What leaves the live database makes room for what enters it.
        var all = (goal == SwapGoal.Swapped ? leaving.Concat(entering) : entering.Concat(leaving)).ToList();
        return plan.Out.Triggers.Count + plan.In.Triggers.Count == 0
            ? Rename(all.Where(m => m.From != (m.Home, m.Name)).Select(m => (m.From, (m.Home, m.Name))))
            : Staged(all);
    }

    private IEnumerable<string> Staged(List<Move> all)
    {
        var hide = all.Where(m => m.Crosses && m.From == (plan.Live, m.Name)).ToList();
        foreach (var statement in Rename(hide.Select(m => (m.From, (plan.Live, m.Hidden)))))
            yield return statement;

        var crossing = all.Where(m => m.Crosses).ToList();
        var bare = crossing.Select(m => m.From).ToHashSet();
        var dropped = world.Triggers.Where(t => bare.Contains((t.Database, t.Table))).Select(t => (t.Database, t.Name)).ToHashSet();
        foreach (var (database, name) in dropped)
            yield return $"DROP TRIGGER IF EXISTS {Sql.Name(database)}.{Sql.Name(name)}";

        var placed = all.ToDictionary(m => m, m => m.Home == plan.Live && m.From != (m.Home, m.Name) ? m.Hidden : m.Name);
        foreach (var statement in Rename(crossing.Select(m => (hide.Contains(m) ? (plan.Live, m.Hidden) : m.From, (m.Home, placed[m])))))
            yield return statement;

        var present = world.Triggers.Select(t => (t.Database, t.Name)).Except(dropped).ToHashSet();
        foreach (var statement in all.SelectMany(m => Triggers(m, placed[m], present)))
            yield return statement;

        foreach (var statement in Rename(all.Where(m => placed[m] != m.Name).Select(m => ((m.Home, m.Hidden), (m.Home, m.Name)))))
            yield return statement;
    }

    /// <summary>A table lacks all its triggers or none: their order is the one in which they were made.</summary>
    private static IEnumerable<string> Triggers(Move move, string table, HashSet<(string Database, string Name)> present)
    {
        var wanted = move.Side.Triggers.Where(t => t.Table == move.Name).ToList();
        if (wanted.TrueForAll(t => present.Contains((move.Home, t.Name))))
            return [];
        return
        [
            .. wanted.Select(t => $"DROP TRIGGER IF EXISTS {Qualified((move.Home, t.Name))}"),
            $"USE {Sql.Name(move.Home)}",
            .. wanted.SelectMany(t => new[]
            {
                $"SET SESSION sql_mode = {Sql.Text(t.SqlMode)}, SESSION collation_connection = {Sql.Text(t.Collation)}",
                $"CREATE DEFINER = {t.Definer} TRIGGER {Sql.Name(t.Name)} {t.Timing} {t.Events} ON {Sql.Name(table)} FOR EACH ROW {t.Body}",
            }),
        ];
    }

    /// <param name="other">The database that this side comes from or goes to, beside the live one.</param>
    private IEnumerable<Move> Locate(SwapSide side, string kind, string other, string home) => side.Tables.Select((name, i) =>
    {
        var hidden = $"upgradeops~{kind}{i}";
        // A name in the live database can be either side's; in its own other database or hidden it can be only this one's.
        (string Database, string Name) at = world.Tables.Contains((other, name)) ? (other, name)
            : world.Tables.Contains((plan.Live, hidden)) ? (plan.Live, hidden)
            : (plan.Live, name);
        if (!world.Tables.Contains(at))
            throw new AppException(ErrorIds.RestoreFailed, $"Table '{name}' is gone from both '{plan.Live}' and '{other}' in the middle of a swap.", name);
        return new Move(side, at, home, name, hidden);
    });

    private static IEnumerable<string> Rename(IEnumerable<((string Database, string Name) From, (string Database, string Name) To)> moves)
    {
        var list = moves.Select(m => $"{Qualified(m.From)} TO {Qualified(m.To)}").ToList();
        return list.Count == 0 ? [] : [$"RENAME TABLE {string.Join(", ", list)}"];
    }

    private static string Qualified((string Database, string Name) table) => $"{Sql.Name(table.Database)}.{Sql.Name(table.Name)}";
}
