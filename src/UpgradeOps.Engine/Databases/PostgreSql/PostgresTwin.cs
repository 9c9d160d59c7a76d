namespace UpgradeOps.Engine.Databases.PostgreSql;

/// <summary>Makes an empty database like the live one: its owner, encoding, collation, place, settings and rights.</summary>
internal sealed class PostgresTwin(PostgresServer server, string live)
{
    /// <summary>Settings whose value is a list of quoted names already.</summary>
    private const string Lists = "'search_path', 'temp_tablespaces', 'session_preload_libraries', 'local_preload_libraries', 'shared_preload_libraries', 'unix_socket_directories'";

    private static readonly PostgresDialect Sql = PostgresDialect.Instance;

    public async Task CreateAsync(string name, CancellationToken cancellationToken)
    {
        // Through JSON, because the columns about locales differ between releases.
        var rows = await server.CatalogueAsync(
            $"""
            SELECT pg_get_userbyid(d.datdba), pg_encoding_to_char(d.encoding), d.datcollate, d.datctype, d.datconnlimit, t.spcname,
                to_jsonb(d) ->> 'datlocprovider', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'), to_jsonb(d) ->> 'daticurules'
            FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE d.datname = {Sql.Text(live)}
            """,
            cancellationToken).ConfigureAwait(false);
        var options = rows.Count == 0 ? "TEMPLATE template0" : Options(rows[0]);
        await server.ExecuteAsync([$"CREATE DATABASE {Sql.Name(name)} WITH {options}"], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives a loaded database the live one's settings, rights and comment, which belong to the database and are in no dump of it.</summary>
    public async Task CopySettingsAsync(string name, CancellationToken cancellationToken)
    {
        var target = Sql.Text(Sql.Name(name));
        var rows = await server.CatalogueAsync(
            $"""
            WITH live AS (SELECT * FROM pg_database WHERE datname = {Sql.Text(live)})
            SELECT statement FROM (
                SELECT 1 AS part, format('COMMENT ON DATABASE %s IS %L', {target}, shobj_description(oid, 'pg_database')) AS statement
                FROM live WHERE shobj_description(oid, 'pg_database') IS NOT NULL
                UNION ALL
                SELECT 2, format('ALTER %s SET %I TO %s',
                    CASE WHEN r.rolname IS NULL THEN 'DATABASE ' || {target} ELSE format('ROLE %I IN DATABASE %s', r.rolname, {target}) END,
                    split_part(c, '=', 1),
                    CASE WHEN lower(split_part(c, '=', 1)) IN ({Lists}) AND substr(c, strpos(c, '=') + 1) <> '' THEN substr(c, strpos(c, '=') + 1)
                        ELSE quote_literal(substr(c, strpos(c, '=') + 1)) END)
                FROM live JOIN pg_db_role_setting s ON s.setdatabase = live.oid LEFT JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) c
                UNION ALL
                SELECT 3, format('REVOKE ALL ON DATABASE %s FROM PUBLIC', {target}) FROM live WHERE datacl IS NOT NULL
                UNION ALL
                SELECT 4, format('GRANT %s ON DATABASE %s TO %s%s', a.privilege_type, {target}, coalesce(quote_ident(r.rolname), 'PUBLIC'),
                    CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
                FROM live, aclexplode(datacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
                WHERE a.grantee = 0 OR (r.rolname IS NOT NULL AND a.grantee <> live.datdba)
            ) statements ORDER BY part, statement
            """,
            cancellationToken).ConfigureAwait(false);
        if (rows.Count > 0)
            await server.ExecuteAtOnceAsync(rows.Select(r => r[0]!), cancellationToken).ConfigureAwait(false);
    }

    private static string Options(IReadOnlyList<string?> row)
    {
        var locale = (row[6], row[7]) switch
        {
            ("i", { } icu) => $" LOCALE_PROVIDER icu ICU_LOCALE {Sql.Text(icu)}" + (row[8] is { } rules ? $" ICU_RULES {Sql.Text(rules)}" : ""),
            ("b", { } builtin) => $" LOCALE_PROVIDER builtin BUILTIN_LOCALE {Sql.Text(builtin)}",
            _ => "",
        };
        return $"OWNER {Sql.Name(row[0]!)} TEMPLATE template0 ENCODING {Sql.Text(row[1]!)} LC_COLLATE {Sql.Text(row[2]!)} LC_CTYPE {Sql.Text(row[3]!)}{locale}"
            + (row[5] == "pg_default" ? "" : $" TABLESPACE {Sql.Name(row[5]!)}") // Naming it takes a right that a role with CREATEDB alone lacks.
            + $" CONNECTION LIMIT {row[4]}";
    }
}
