using System.Text.Json;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Health.Http;
using UpgradeOps.Engine.Text;

namespace UpgradeOps.Engine.Health.Smoke;

/// <summary>Asks an address and looks at status and JSON of the answer; what it captures is there for later tests.</summary>
internal sealed class HttpTest(HttpAsk ask, Redaction redaction)
{
    private const int LargestAnswer = 1 << 20;

    /// <summary>A captured value of this length may be a key to something; a shorter one is a number or a name.</summary>
    private const int KeyLength = 16;

    /// <param name="secrets">The test's own.</param>
    /// <param name="values">Captured so far; what this test captures is added.</param>
    /// <returns>Null when it passed, else why not.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.HostConnectionLost"/>: the way to the host broke.</exception>
    public async Task<string?> RunAsync(SmokeDefinition test, IReadOnlyDictionary<string, string> secrets, Dictionary<string, string> values, CancellationToken cancellationToken)
    {
        var all = values.Concat(secrets).GroupBy(v => v.Key).ToDictionary(g => g.Key, g => g.Last().Value);
        var answer = await ask.AskAsync(
            new HttpQuestion(new Uri(ValueText.Fill(test.Http!, values, Uri.EscapeDataString)))
            {
                Method = new HttpMethod(test.Method),
                Headers = test.Headers.ToDictionary(h => h.Key, h => ValueText.Fill(h.Value, all)),
                Body = test.Body is null ? null : ValueText.Fill(test.Body, all),
                Status = test.Status,
                Timeout = test.Timeout,
                LargestAnswer = LargestAnswer,
            },
            cancellationToken).ConfigureAwait(false);
        if (answer.Problem is { } problem)
            return answer.IsLost ? throw new AppException(ErrorIds.HostConnectionLost, $"{test.Action}: {problem}", test.Name) : problem.TrimEnd('.');
        if (answer.Status != test.Status)
            return $"it answers {answer.Status}, not {test.Status}{SmokeText.Beginning(answer.Body)}";
        return test.Json.Count + test.Capture.Count == 0 ? null : Read(test, answer.Body, values);
    }

    private string? Read(SmokeDefinition test, string body, Dictionary<string, string> values)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            foreach (var (path, wanted) in test.Json)
            {
                var expected = ValueText.Fill(wanted, values);
                var found = JsonPlace.Read(document.RootElement, path);
                if (found is null || (expected == "*" ? found == "null" : found != expected))
                    return $"'{path}' in its answer is {(found is null ? "not there" : $"'{SmokeText.Short(found)}'")}{(expected == "*" ? "" : $", not '{SmokeText.Short(expected)}'")}";
            }

            foreach (var (name, path) in test.Capture)
            {
                if (JsonPlace.Read(document.RootElement, path) is not { } found)
                    return $"'{path}' is not in its answer, so ${{{name}}} has no value";
                values[name] = found;
                if (found.Length >= KeyLength)
                    redaction.Remember(found);
            }

            return null;
        }
        catch (JsonException)
        {
            return "its answer is no JSON";
        }
    }
}
