using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Databases.PostgreSql;

/// <summary>Describes a database's schema as sorted lines, and counts its rows.</summary>
internal sealed partial class PostgresSchema(PostgresServer server)
{
    /// <summary>Tables counted by one statement.</summary>
    private const int Batch = 100;

    private const string Own = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

    private static readonly PostgresDialect Sql = PostgresDialect.Instance;

    private static readonly string Lines =
        $"""
        SELECT 'extension ' || quote_ident(extname) FROM pg_extension
        UNION ALL SELECT 'schema ' || quote_ident(n.nspname) FROM pg_namespace n WHERE {Own} AND {NotOf("pg_namespace", "n")}
        UNION ALL SELECT format('relation %I.%I %s%s%s %s', n.nspname, c.relname, c.relkind, c.relpersistence,
            CASE WHEN c.relrowsecurity THEN ' rls' ELSE '' END, coalesce(pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid), ''))
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND {Own} AND {NotOf("pg_class", "c")}
        UNION ALL SELECT format('column %I.%I.%I %s%s%s%s%s', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
            CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
            CASE a.attidentity WHEN '' THEN '' ELSE ' identity ' || a.attidentity::text END,
            CASE a.attgenerated WHEN '' THEN '' ELSE ' generated ' || a.attgenerated::text END,
            CASE WHEN a.attcollation NOT IN (0, t.typcollation) THEN ' collate ' || a.attcollation::regcollation::text ELSE '' END)
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
            WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND {Own} AND {NotOf("pg_class", "c")}
        UNION ALL SELECT format('default %I.%I.%I %s', n.nspname, c.relname, a.attname, pg_get_expr(d.adbin, d.adrelid))
            FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum JOIN pg_class c ON c.oid = d.adrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {Own} AND {NotOf("pg_class", "c")}
        UNION ALL SELECT format('constraint %I.%I %I %s', n.nspname, coalesce(c.relname, t.typname), o.conname, pg_get_constraintdef(o.oid))
            FROM pg_constraint o LEFT JOIN pg_class c ON c.oid = o.conrelid LEFT JOIN pg_type t ON t.oid = o.contypid
            JOIN pg_namespace n ON n.oid = o.connamespace WHERE o.contype NOT IN ('n', 't') AND {Own} AND (c.oid IS NULL OR {NotOf("pg_class", "c")})
        UNION ALL SELECT 'index ' || pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {Own} AND {NotOf("pg_class", "c")}
        UNION ALL SELECT format('view %I.%I %s', n.nspname, c.relname, pg_get_viewdef(c.oid)) FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm') AND {Own} AND {NotOf("pg_class", "c")}
        UNION ALL SELECT format('sequence %I.%I %s %s %s %s %s', n.nspname, c.relname, format_type(s.seqtypid, NULL), s.seqincrement, s.seqmin, s.seqmax, s.seqcycle)
            FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {Own} AND {NotOf("pg_class", "c")}
        UNION ALL SELECT format('enum %I.%I %s', n.nspname, t.typname, (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
            FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'e' AND {Own} AND {NotOf("pg_type", "t")}
        UNION ALL SELECT format('domain %I.%I %s%s %s', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod), CASE WHEN t.typnotnull THEN ' not null' ELSE '' END, coalesce(t.typdefault, ''))
            FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'd' AND {Own} AND {NotOf("pg_type", "t")}
        UNION ALL SELECT format('function %I.%I(%s) %s', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid), CASE WHEN p.prokind = 'a' THEN 'aggregate' ELSE md5(pg_get_functiondef(p.oid)) END)
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {Own} AND {NotOf("pg_proc", "p")}
        UNION ALL SELECT 'trigger ' || pg_get_triggerdef(g.oid) || ' ' || g.tgenabled::text FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT g.tgisinternal AND {Own} AND {NotOf("pg_class", "c")}
        UNION ALL SELECT format('policy %I on %I.%I %s %s %s %s', p.policyname, p.schemaname, p.tablename, p.permissive, p.cmd, coalesce(p.qual, ''), coalesce(p.with_check, '')) FROM pg_policies p
        """;

    public async Task<string> DescribeAsync(string database, CancellationToken cancellationToken)
    {
        // Without a search path every name is written with its schema, whoever asks.
        var rows = await server.RowsAsync(database, Lines, cancellationToken, "SET search_path = ''").ConfigureAwait(false);
        return string.Concat(rows.Select(r => Plain(r[0]!)).Order(StringComparer.Ordinal).Select(l => l + "\n"));
    }

    public async Task<IReadOnlyDictionary<string, long>> CountAsync(string database, CancellationToken cancellationToken)
    {
        var tables = await server.RowsAsync(
            database,
            $"SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND {Own} ORDER BY 1, 2",
            cancellationToken).ConfigureAwait(false);
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var batch in tables.Chunk(Batch))
        {
            var query = string.Join(" UNION ALL ", batch.Select(t => $"SELECT {Sql.Text($"{t[0]}.{t[1]}")}, count(*) FROM ONLY {Sql.Name(t[0]!)}.{Sql.Name(t[1]!)}"));
            foreach (var row in await server.RowsAsync(database, query, cancellationToken, "SET row_security = off").ConfigureAwait(false))
                counts[row[0]!] = long.Parse(row[1]!, System.Globalization.CultureInfo.InvariantCulture);
        }

        return counts;
    }

    private static string NotOf(string catalogue, string alias) =>
        $"NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = '{catalogue}'::regclass AND x.objid = {alias}.oid AND x.deptype = 'e')";

    /// <summary>The server spells an expression's casts and parentheses otherwise after a dump and restore: they are left out.</summary>
    internal static string Plain(string line)
    {
        if (!line.StartsWith("column ", StringComparison.Ordinal) && !line.StartsWith("domain ", StringComparison.Ordinal))
            line = Parentheses().Replace(Cast().Replace(line, ""), "");
        return Space().Replace(line, " ").Trim();
    }

    [GeneratedRegex("""::(?:"[^"]*"|[a-z_][a-z0-9_]*)(?:\.(?:"[^"]*"|[a-z_][a-z0-9_]*))?(?: varying| precision)?(?:\([0-9, ]+\))?(?: with(?:out)? time zone)?(?:\[\])*""")]
    private static partial Regex Cast();

    [GeneratedRegex(@"[()\[\]]|ARRAY(?=\[)")]
    private static partial Regex Parentheses();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
