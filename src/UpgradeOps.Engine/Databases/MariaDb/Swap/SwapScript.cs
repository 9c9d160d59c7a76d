namespace UpgradeOps.Engine.Databases.MariaDb.Swap;

/// <summary>
/// The statements that bring a swap to its goal from wherever it stands. Made anew from what is there after each interruption;
/// any of them may be the last one that ran.
/// </summary>
internal sealed class SwapScript(SwapPlan plan, SwapGoal goal, SwapWorld world)
{
    /// <summary>How long a statement waits for sessions that use a table, in seconds.</summary>
    public const int LockWait = 10;

    private static readonly MariaDbDialect Sql = MariaDbDialect.Instance;

    private SwapSide ToLive => goal == SwapGoal.Swapped ? plan.In : plan.Out;

    private SwapSide ToOther => goal == SwapGoal.Swapped ? plan.Out : plan.In;

    /// <summary>The database that the other side's objects belong to at the goal.</summary>
    private string Other => goal == SwapGoal.Swapped ? plan.Outgoing : plan.Incoming;

    public IReadOnlyList<string> Statements() =>
    [
        $"SET SESSION lock_wait_timeout = {LockWait}, SESSION foreign_key_checks = 0",
        .. EventsOut(),
        .. DropViews(),
        .. Routines(),
        .. new TableMoves(plan, goal, world).Statements(),
        .. Views(plan.Live, ToLive),
        .. goal == SwapGoal.Swapped ? Views(plan.Outgoing, plan.Out) : [],
        .. EventsIn(),
    ];

    /// <summary>Events move by themselves; asleep, so that nothing changes what is kept aside.</summary>
    private IEnumerable<string> EventsOut() => ToOther.Events
        .Where(e => world.Events.Contains((plan.Live, e.Name)) && !world.Events.Contains((Other, e.Name)))
        .Select(e => $"ALTER EVENT {Qualified(plan.Live, e.Name)} RENAME TO {Qualified(Other, e.Name)}{(e.Runs ? " DISABLE ON SLAVE" : "")}");

    private IEnumerable<string> EventsIn()
    {
        var from = goal == SwapGoal.Swapped ? plan.Incoming : plan.Outgoing;
        return ToLive.Events
            .Where(e => world.Events.Contains((from, e.Name)))
            .Select(e => $"ALTER EVENT {Qualified(from, e.Name)} RENAME TO {Qualified(plan.Live, e.Name)}{(e.Runs ? " ENABLE" : "")}");
    }

    /// <summary>Views of both sides; one that is in neither stays unless its name is needed for a table.</summary>
    private IEnumerable<string> DropViews()
    {
        var known = plan.Out.Views.Concat(plan.In.Views).Select(v => v.Name).Concat(ToLive.Tables).ToHashSet();
        return world.Views.Where(v => v.Database == plan.Live && known.Contains(v.Name)).Select(v => $"DROP VIEW IF EXISTS {Qualified(v.Database, v.Name)}");
    }

    private IEnumerable<string> Routines()
    {
        var known = plan.Out.Routines.Concat(plan.In.Routines).Select(r => (r.Kind, r.Name)).ToHashSet();
        var drop = world.Routines.Where(r => r.Database == plan.Live && r.Kind != "PACKAGE BODY" && known.Contains((r.Kind, r.Name)));
        foreach (var routine in drop)
            yield return $"DROP {routine.Kind} IF EXISTS {Qualified(routine.Database, routine.Name)}";
        foreach (var statement in Create(plan.Live, ToLive.Routines))
            yield return statement;
        foreach (var grant in plan.Grants.Where(g => ToLive.Routines.Any(r => r.Kind == g.Kind && r.Name == g.Name)))
            yield return $"GRANT {grant.Rights} ON {grant.Kind} {Qualified(plan.Live, grant.Name)} TO {grant.Account}{(grant.WithGrant ? " WITH GRANT OPTION" : "")}";
        if (goal == SwapGoal.Original)
            yield break;
        foreach (var statement in Create(plan.Outgoing, plan.Out.Routines.Where(r => !world.Routines.Contains((plan.Outgoing, r.Kind, r.Name)))))
            yield return statement;
    }

    private static IEnumerable<string> Create(string database, IEnumerable<RoutineText> routines) => routines
        .OrderBy(r => r.Kind == "PACKAGE BODY")
        .SelectMany(r => new[]
        {
            $"USE {Sql.Name(database)}",
            $"SET SESSION sql_mode = {Sql.Text(r.SqlMode)}, SESSION collation_connection = {Sql.Text(r.Collation)}",
            r.Create,
        });

    /// <summary>Views may use each other in any order: each is first made with its columns alone.</summary>
    private static IEnumerable<string> Views(string database, SwapSide side)
    {
        if (side.Views.Count == 0)
            return [];
        const string replace = "CREATE OR REPLACE ";
        return
        [
            $"USE {Sql.Name(database)}",
            "SET SESSION sql_mode = ''",
            .. side.Views.Select(v => $"{replace}VIEW {Sql.Name(v.Name)} AS SELECT {string.Join(", ", v.Columns.Select(c => $"NULL AS {Sql.Name(c)}"))}"),
            .. side.Views.SelectMany(v => new[]
            {
                $"SET SESSION collation_connection = {Sql.Text(v.Collation)}",
                v.Create.StartsWith("CREATE OR ", StringComparison.Ordinal) ? v.Create : replace + v.Create["CREATE ".Length..],
            }),
        ];
    }

    private static string Qualified(string database, string name) => $"{Sql.Name(database)}.{Sql.Name(name)}";
}
