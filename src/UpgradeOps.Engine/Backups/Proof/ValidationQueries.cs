using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Databases;

namespace UpgradeOps.Engine.Backups.Proof;

/// <summary>The queries under <c>databases.*.validate</c>, asked of a restored copy.</summary>
internal sealed class ValidationQueries(AppDefinition definition, IDatabase database)
{
    private const int LongestShown = 80;

    /// <returns>One sentence for each query and its answer.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.BackupProofFailed"/>: one cannot be run, or answers with nothing that is true.</exception>
    public async Task<IReadOnlyList<string>> AskAsync(string copy, CancellationToken cancellationToken)
    {
        var queries = definition.Databases.TryGetValue(database.Id, out var declared) ? declared.Validate : [];
        var evidence = new List<string>();
        for (var i = 0; i < queries.Count; i++)
        {
            var answer = await AskAsync(queries[i], i, copy, cancellationToken).ConfigureAwait(false);
            if (!QueryAnswer.IsTrue(answer))
                throw Failed(i, queries[i], answer is null ? "answers nothing" : $"answers '{Short(answer)}'");
            evidence.Add($"{database.Id}: {Short(queries[i])} answers {Short(answer!)}");
        }

        return evidence;
    }

    private async Task<string?> AskAsync(string query, int index, string copy, CancellationToken cancellationToken)
    {
        try
        {
            var rows = await database.QueryAsync(query, cancellationToken, copy).ConfigureAwait(false);
            return rows is [[var first, ..], ..] ? first : null;
        }
        catch (AppException e)
        {
            throw Failed(index, query, $"cannot be run: {e.Message}", e);
        }
    }

    private AppException Failed(int index, string query, string what, Exception? inner = null) => new(
        ErrorIds.BackupProofFailed,
        $"The backup of database {database.Name} was restored into a scratch database, where the query databases.{database.Id}.validate[{index}] of {definition.Path} {what.TrimEnd('.')}: {Short(query)}",
        $"databases.{database.Id}.validate[{index}]",
        inner: inner);

    private static string Short(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= LongestShown ? line : line[..(LongestShown - 1)] + "…";
    }
}
