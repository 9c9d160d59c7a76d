namespace UpgradeOps.Engine.Hosts;

/// <summary>The way to a host broke, or was not there: what was to be reached behind it has said nothing.</summary>
internal sealed class LostConnectionException(string message) : IOException(message)
{
    /// <summary>Whether it is what lies behind an exception of a library that was given the connection.</summary>
    public static bool IsBehind(Exception? e) => e is not null && (e is LostConnectionException || IsBehind(e.InnerException));
}
