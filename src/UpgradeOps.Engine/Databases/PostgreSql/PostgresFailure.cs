using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Engine.Databases.PostgreSql;

/// <summary>Recognises the messages by which PostgreSQL's tools tell what is wrong.</summary>
internal static class PostgresFailure
{
    private static readonly string[] Unauthorized =
    [
        "password authentication failed", "no password supplied", "no pg_hba.conf entry", "authentication failed for user", "is not permitted to log in",
        "permission denied for database", "authentication method 10 not supported",
    ];

    private static readonly string[] Unreachable =
    [
        "Connection refused", "could not connect to server", "could not translate host name", "timeout expired", "No route to host",
        "Network is unreachable", "the database system is starting up", "the database system is shutting down", "the database system is in recovery mode",
        "the database system is not yet accepting connections", "server closed the connection unexpectedly", "terminating connection due to",
        "SSL SYSCALL error: EOF", "too many clients already", "remaining connection slots are reserved", "connection to server was lost",
        "Connection reset by peer", "no connection to the server",
    ];

    public static AppException Recognise(ToolFailure failure)
    {
        bool Says(string text) => failure.Error.Contains(text, StringComparison.OrdinalIgnoreCase);
        if (Unauthorized.Any(Says) || (Says("FATAL:  role") && Says("does not exist")))
            return failure.As(ErrorIds.DatabaseUnauthorized, $"PostgreSQL refused the user or password ({failure.Place})");
        if (Says("FATAL:  database") && Says("does not exist"))
            return failure.As(ErrorIds.DatabaseMissing, $"PostgreSQL has no such database ({failure.Place})");
        if (failure.Error.LastIndexOf(StagedDump.NoRoom, StringComparison.Ordinal) is >= 0 and var told)
        {
            return new AppException(
                ErrorIds.DiskTooFull, $"There is no room in {failure.Place} for a dump by several connections: {failure.Error[(told + StagedDump.NoRoom.Length)..].Trim()}.",
                failure.Place, "Make room there, name another folder in the TMPDIR of that place, or remove 'jobs:' from the entry under backups.");
        }

        if (Says("server version mismatch"))
            return failure.As(ErrorIds.DatabaseToolTooOld, $"{failure.Tool} in {failure.Place} is older than the server");
        return Unreachable.Any(Says)
            ? failure.As(ErrorIds.DatabaseUnreachable, $"PostgreSQL cannot be reached, or went away ({failure.Place})")
            : failure.Unknown();
    }
}
