using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Health.Http;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Text;

namespace UpgradeOps.Engine.Health.Smoke;

/// <summary>Runs an application's smoke tests in their order, up to the first that fails.</summary>
/// <param name="fromHost">Connects from the application's host, where that is another machine.</param>
internal sealed class SmokeTests(
    AppDefinition definition, IHost host, IReadOnlyDictionary<string, IDatabase> databases, ISecretResolver secrets, Redaction redaction, TimeProvider time,
    Dial? fromHost = null)
{
    /// <summary>A way that breaks more often than that while one test runs is no way.</summary>
    private const int Tries = 3;

    private static readonly HostCommand AreYouThere = new("true") { IsQuestion = true };

    private readonly HttpTest http = new(new HttpAsk(time, fromHost), redaction);

    public IReadOnlyList<SmokeDefinition> Declared => definition.Smoke;

    /// <param name="tell">Gets the name of each test before it runs.</param>
    /// <exception cref="AppException">
    /// <see cref="ErrorIds.HostUnreachable"/>, <see cref="ErrorIds.HostConnectionLost"/>: the application could not be asked, which says nothing against it.
    /// </exception>
    public async Task<SmokeReport> RunAsync(Action<string>? tell, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var results = new List<SmokeTestResult>();
        foreach (var test in Declared)
        {
            tell?.Invoke(test.Name);
            var began = time.GetTimestamp();
            var why = await AskAsync(test, values, tell, cancellationToken).ConfigureAwait(false);
            results.Add(new SmokeTestResult
            {
                Test = test.Name,
                Action = test.Action,
                Passed = why is null,
                DurationMilliseconds = Math.Round(time.GetElapsedTime(began).TotalMilliseconds, 1),
                Detail = why is null ? null : redaction.Clean(why),
            });
            if (why is not null)
                break;
        }

        var failed = results.FirstOrDefault(r => !r.Passed);
        return new SmokeReport
        {
            Name = definition.Name,
            Passed = failed is null,
            Tests = results,
            NotRun = [.. Declared.Skip(results.Count).Select(t => t.Name)],
            At = time.GetUtcNow(),
            Reason = failed is null ? null : $"smoke test '{failed.Test}' failed: {failed.Action}: {failed.Detail}",
        };
    }

    /// <summary>A test whose connection was lost is run again when the host answers, as a resumed update runs it again.</summary>
    private async Task<string?> AskAsync(SmokeDefinition test, Dictionary<string, string> values, Action<string>? tell, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await TryAsync(test, values, cancellationToken).ConfigureAwait(false);
            }
            catch (AppException e) when (e.ErrorId == ErrorIds.HostConnectionLost && tries < Tries)
            {
                tell?.Invoke($"{test.Name}, again: {e.Message}");
                await host.RunAsync(AreYouThere, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<string?> TryAsync(SmokeDefinition test, Dictionary<string, string> values, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(test.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var own = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, reference) in test.Secrets)
                own[name] = await secrets.ResolveAsync(reference, both.Token).ConfigureAwait(false);
            return test switch
            {
                { Http: not null } => await http.RunAsync(test, own, values, cancellationToken).ConfigureAwait(false),
                { Sql: not null } => await QueryAsync(test, values, both.Token).ConfigureAwait(false),
                _ => await CommandAsync(test, own, values, both.Token).ConfigureAwait(false),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"it did not end within {test.Timeout.TotalSeconds:0.###} s";
        }
        catch (AppException e) when (e.ErrorId is not (ErrorIds.HostConnectionLost or ErrorIds.HostUnreachable))
        {
            return e.Message.TrimEnd('.');
        }
    }

    private async Task<string?> QueryAsync(SmokeDefinition test, Dictionary<string, string> values, CancellationToken cancellationToken)
    {
        var database = databases[test.Database!];
        var rows = await database.QueryAsync(ValueText.Fill(test.Sql!, values, SqlDialect.Of(database).Text), cancellationToken).ConfigureAwait(false);
        var answer = rows is [[var first, ..], ..] ? first : null;
        var expected = test.Expect is null ? null : ValueText.Fill(test.Expect, values);
        return (expected is null ? QueryAnswer.IsTrue(answer) : answer == expected)
            ? null
            : $"it answers {(answer is null ? "nothing" : $"'{SmokeText.Short(answer)}'")}{(expected is null ? "" : $", not '{SmokeText.Short(expected)}'")}";
    }

    private async Task<string?> CommandAsync(SmokeDefinition test, Dictionary<string, string> own, Dictionary<string, string> values, CancellationToken cancellationToken)
    {
        var all = values.Concat(own).GroupBy(v => v.Key).ToDictionary(g => g.Key, g => g.Last().Value);
        var environment = new Dictionary<string, string>(definition.Platform.Service?.Environment ?? new Dictionary<string, string>());
        foreach (var (name, value) in test.Environment)
            environment[name] = ValueText.Fill(value, all);

        // A service's command stands in its release, as the one that starts it does.
        var folder = definition.Platform.Service is null ? definition.Platform.Directory : HostPath.Join(definition.Platform.Directory, "current");
        var result = await host.RunAsync(HostCommand.In(folder, test.Command) with { Environment = environment }, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != test.ExitCode)
            return $"it ends with exit code {result.ExitCode}, not {test.ExitCode}{SmokeText.Beginning(result.Error.Trim().Length > 0 ? result.Error : result.Output)}";
        var wanted = test.Output is null ? null : ValueText.Fill(test.Output, values);
        return wanted is null || result.Output.Contains(wanted, StringComparison.Ordinal)
            ? null
            : $"its output does not hold '{SmokeText.Short(wanted)}'{SmokeText.Beginning(result.Output)}";
    }
}
