namespace UpgradeOps.Engine.State.PostgreSql;

/// <summary>
/// The schema, one step a version, each run once and never changed afterwards. <c>$schema</c> is the schema's name as SQL writes it.
/// What a step takes away or renames must not be what the version before reads.
/// </summary>
internal static class SchemaSteps
{
    public static readonly IReadOnlyList<string> All =
    [
        """
        CREATE TABLE $schema.app (
            name       text PRIMARY KEY,
            memory     text,
            fence      bigint NOT NULL DEFAULT 0,
            owner      text,
            purpose    text NOT NULL DEFAULT '',
            session    bigint NOT NULL DEFAULT 0,
            beat       bigint NOT NULL DEFAULT 0,
            taken_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
            expires_at timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        COMMENT ON COLUMN $schema.app.owner IS 'Who holds the lease, as JSON; null while nobody does.';
        COMMENT ON COLUMN $schema.app.session IS 'The advisory lock that the owner''s connection holds while it stands.';
        CREATE TABLE $schema.journal (
            app        text NOT NULL REFERENCES $schema.app (name),
            operation  text COLLATE "C" NOT NULL,
            position   integer NOT NULL,
            line       text NOT NULL,
            fence      bigint NOT NULL,
            written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (app, operation, position)
        );
        CREATE TABLE $schema.kept (
            app        text NOT NULL REFERENCES $schema.app (name),
            operation  text COLLATE "C" NOT NULL,
            name       text NOT NULL,
            content    bytea NOT NULL,
            fence      bigint NOT NULL,
            written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (app, operation, name)
        );
        """,
        """
        CREATE TABLE $schema.refused (
            app        text NOT NULL,
            position   bigint GENERATED ALWAYS AS IDENTITY,
            line       text NOT NULL,
            written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (app, position)
        );
        """,
    ];
}
