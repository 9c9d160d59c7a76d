using UpgradeOps.Engine.Databases.Tools;

namespace UpgradeOps.Engine.Databases.Dumps;

/// <summary>Feeds a SQL dump to a client program through its guard.</summary>
internal static class GuardedLoad
{
    /// <exception cref="AppException">What the guard found comes first: the tool's own error is only its consequence.</exception>
    public static async Task RunAsync(
        DatabaseTools tools, ToolCommand command, Stream dump, SqlLexer lexer, string target, CancellationToken cancellationToken)
    {
        var guarded = new GuardedStream(dump, lexer, target);
        await using (guarded.ConfigureAwait(false))
        {
            try
            {
                await tools.RunAsync(command, guarded, null, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is AppException or IOException && guarded.Failure is not null && e != guarded.Failure)
            {
                throw guarded.Failure;
            }

            if (guarded.Failure is not null)
                throw guarded.Failure;
        }
    }
}
