using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace UpgradeOps.Engine.State.PostgreSql;

/// <summary>What a failure of the server or of the way to it means.</summary>
internal static class PostgresFaults
{
    /// <summary>Whether it may work a moment later, over a new connection: the connection or the server was lost, or too much came at once.</summary>
    public static bool MayPass(Exception e) => e switch
    {
        PostgresException server => server.SqlState is "57P01" or "57P02" or "57P03" or "57P05" or "25P03" or "53300" or "55P03" or "57014"
            || server.SqlState.StartsWith("08", StringComparison.Ordinal) || server.SqlState.StartsWith("40", StringComparison.Ordinal),
        NpgsqlException => !IsCertificate(e),
        IOException or SocketException or TimeoutException => true,
        // A connection that broke under another call.
        InvalidOperationException or ObjectDisposedException => true,
        _ => false,
    };

    /// <summary>Whether too many came at once, and waiting helps also where nothing was connected before.</summary>
    public static bool IsCrowd(Exception e) => e is PostgresException { SqlState: "53300" or "40001" or "40P01" or "55P03" or "57P03" };

    /// <summary>Whether the server says that our tables are not there.</summary>
    public static bool SaysMissing(Exception e) => e is PostgresException { SqlState: "42P01" or "3F000" };

    public static AppException Explain(Exception e, string name, PostgresPlace place) => e switch
    {
        AppException known => known,
        PostgresException { SqlState: "28P01" or "28000" } server => New(
            ErrorIds.StateUnauthorized, $"{place.Location} refuses {place.User}: {server.MessageText}."),
        PostgresException { SqlState: "42501" or "25006" or "53100" } server => New(
            ErrorIds.StateNotWritable, $"The state of {name} cannot be written in {place.Location}: {server.MessageText}.",
            server.SqlState == "42501" ? "Grant it: docs/state.md has the statements." : null),
        PostgresException { SqlState: "3D000" } server => New(
            ErrorIds.StateUnreachable, $"{place.Location}: {server.MessageText}.", "Create the database, or correct state.postgresql.database."),
        PostgresException { SqlState: "42P01" or "3F000" or "42703" } server => New(
            ErrorIds.StateDamaged, $"{place.Location}: {server.MessageText}. What UpgradeOps made there was changed or removed.", "Restore the schema from a dump of that database."),
        PostgresException server when !MayPass(server) => New(
            ErrorIds.StateDamaged, $"{place.Location}: {server.MessageText} ({server.SqlState}).", "Look at the server's log."),
        _ when IsCertificate(e) => New(
            ErrorIds.StateUnreachable, $"{place.Location}: its certificate is not trusted, or it does not offer TLS: {Innermost(e)}",
            "Name its authority with state.postgresql.certificateAuthority; 'tls: off' sends everything in the clear."),
        _ => New(ErrorIds.StateUnreachable, $"The state of {name} cannot be reached in {place.Location}: {Innermost(e)}"),
    };

    private static AppException New(string errorId, string message, string? action = null) => new(errorId, message, null, action);

    private static bool IsCertificate(Exception e) =>
        e is AuthenticationException || (e is NpgsqlException && e.Message.Contains("SSL", StringComparison.Ordinal) && e.InnerException is null or AuthenticationException)
        || e.InnerException is AuthenticationException;

    private static string Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e.Message;
    }
}
