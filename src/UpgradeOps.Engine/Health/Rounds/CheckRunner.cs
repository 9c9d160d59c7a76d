using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Health.Http;

namespace UpgradeOps.Engine.Health.Rounds;

/// <summary>Runs one declared check once and weighs its answer.</summary>
/// <param name="here">Asks from this machine.</param>
/// <param name="fromHost">Asks from the application's host; null where that is this machine.</param>
internal sealed class CheckRunner(Ask here, Ask? fromHost = null)
{
    /// <param name="instances">Those that must answer.</param>
    /// <param name="version">The version that the answer must carry; null, or the name of a moving tag, when any will do.</param>
    public async Task<CheckOutcome> RunAsync(HealthCheckDefinition check, IReadOnlyList<Instance> instances, string? version, CancellationToken cancellationToken)
    {
        var url = new Uri(check.Http);
        var ask = check.From == "runner" ? here : fromHost ?? here;
        if (check.From != "container")
        {
            // Through the front door: the published port tells whose it is, where the platform publishes it.
            var owners = instances.Where(i => Endpoint.Publishes(i, url.Port)).ToList();
            var answer = await ask(url, null, check.Status, check.Timeout, cancellationToken).ConfigureAwait(false);
            return Weigh(check, $"http {check.Http}", answer, version, owners.Count == 1 ? owners[0].Id : null);
        }

        var outcomes = await Task.WhenAll(instances.Select(async instance =>
        {
            var label = $"http {check.Http} at {instance.DisplayName}";
            return Endpoint.AddressOf(instance) is { } address
                ? Weigh(check, label, await ask(url, address, check.Status, check.Timeout, cancellationToken).ConfigureAwait(false), version, instance.Id)
                : Failed(new HealthCheckResult { Check = label, Passed = false, InstanceId = instance.Id }, ErrorIds.NotHealthy, "it has no address of its own to be asked at", Hope.Starting);
        })).ConfigureAwait(false);
        return outcomes.FirstOrDefault(o => o.Failure is not null) ?? outcomes.FirstOrDefault()
            ?? Failed(new HealthCheckResult { Check = $"http {check.Http}", Passed = false }, ErrorIds.NotHealthy, "no instance is there to be asked", Hope.Starting);
    }

    private static CheckOutcome Weigh(HealthCheckDefinition check, string label, HttpAnswer answer, string? expected, string? instanceId)
    {
        var result = new HealthCheckResult
        {
            Check = label,
            Passed = false,
            StatusCode = answer.Status,
            LatencyMilliseconds = Math.Round(answer.Latency.TotalMilliseconds, 1),
            InstanceId = instanceId,
        };
        if (answer.Problem is { } problem)
            return Failed(result, answer.IsLost ? ErrorIds.HostConnectionLost : ErrorIds.NotHealthy, problem, Hope.Starting);
        if (answer.Status != check.Status)
            return Failed(result, ErrorIds.NotHealthy, $"it answers {answer.Status}, not {check.Status}{Beginning(answer.Body)}", Hope.Starting);
        if (check.Version is null)
            return new CheckOutcome(result with { Passed = true }, null);

        var (version, missing) = JsonVersion.Read(answer.Body, check.Version);
        if (version is null)
            return Failed(result, ErrorIds.WrongVersion, missing + Beginning(answer.Body), Hope.Wrong);
        result = result with { Version = version };
        if (!VersionMatch.IsComparable(expected))
            return new CheckOutcome(result with { Passed = true, Detail = expected is null ? null : $"'{expected}' is a moving tag: the version was not compared" }, null);
        return VersionMatch.Matches(expected!, version)
            ? new CheckOutcome(result with { Passed = true }, null)
            : Failed(result, ErrorIds.WrongVersion, $"it answers with version {version}, not {expected}", Hope.Wrong);
    }

    private static CheckOutcome Failed(HealthCheckResult result, string errorId, string why, Hope hope) =>
        new(result with { Detail = why }, new HealthFailure(errorId, $"{result.Check}: {why}", hope, result.InstanceId));

    private static string Beginning(string body)
    {
        var text = new string([.. body.Take(120).Select(static c => char.IsControl(c) ? ' ' : c)]).Trim();
        return text.Length == 0 ? "" : $" ({text}{(body.Length > 120 ? "…" : "")})";
    }
}

/// <param name="Failure">Null when it passed.</param>
internal sealed record CheckOutcome(HealthCheckResult Result, HealthFailure? Failure);
