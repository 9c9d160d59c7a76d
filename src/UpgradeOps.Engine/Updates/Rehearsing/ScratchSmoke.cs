using System.Globalization;
using System.Text.RegularExpressions;
using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Updates.Rehearsing;

/// <summary>
/// Smoke tests that ask the copy instead of the live application. An address is known as the live one's when the health checks ask it. What
/// cannot be told to ask the copy is left out: it would ask, and perhaps change, the live one.
/// </summary>
internal sealed class ScratchSmoke
{
    private readonly HashSet<string> own;
    private readonly Regex live;
    private readonly Regex? livePort;
    private readonly string copy;

    public ScratchSmoke(AppDefinition definition, int port)
    {
        List<Uri> asked = [.. definition.Health.Select(h => new Uri(h.Http))];
        own = asked.Select(u => u.Authority).ToHashSet(StringComparer.OrdinalIgnoreCase);
        copy = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        // A host without a port is an address in a URL only.
        List<string> forms = [.. asked.SelectMany(Forms).Distinct(StringComparer.OrdinalIgnoreCase)];
        live = new Regex(forms.Count == 0 ? "(?!)" : string.Join('|', forms), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        var ports = asked.Where(u => !u.IsDefaultPort).Select(u => u.Port).Distinct().ToList();
        livePort = ports.Count == 0 ? null : new Regex($@"(?<!\d)({string.Join('|', ports)})(?!\d)", RegexOptions.CultureInvariant);
    }

    /// <param name="left">Names of those that are not run: they ask something else than the application, or those after them may need what they found.</param>
    public IReadOnlyList<SmokeDefinition> Of(IReadOnlyList<SmokeDefinition> tests, out IReadOnlyList<string> left)
    {
        var kept = new List<SmokeDefinition>();
        foreach (var test in tests.TakeWhile(s => s.Http is null || own.Contains(new Uri(s.Http).Authority)))
        {
            // A command gives no values to those after it.
            if (Moved(test) is { } moved)
                kept.Add(moved);
        }

        left = [.. tests.Select(t => t.Name).Except(kept.Select(t => t.Name))];
        return kept;
    }

    /// <returns>Null when it cannot be told to ask the copy.</returns>
    private SmokeDefinition? Moved(SmokeDefinition test)
    {
        if (test.Http is { } http)
            return test with { Http = $"http://{copy}{new Uri(http).PathAndQuery}" };
        if (test.Command.Count == 0)
            return test;
        if (!test.Command.Concat(test.Environment.Values).Any(live.IsMatch))
            return null;
        // What else names the live port is perhaps the rest of an address in parts.
        if (livePort is not null && test.Command.Concat(test.Environment.Values).Any(t => livePort.IsMatch(live.Replace(t, ""))))
            return null;
        return test with
        {
            Command = [.. test.Command.Select(Text)],
            Environment = test.Environment.ToDictionary(v => v.Key, v => Text(v.Value)),
        };
    }

    private string Text(string text) => live.Replace(text, m => m.Groups["scheme"].Success ? $"http://{copy}" : copy);

    private static IEnumerable<string> Forms(Uri asked)
    {
        string[] hosts = asked.IsLoopback ? ["127.0.0.1", "localhost", "[::1]"] : [asked.Host];
        foreach (var host in hosts.Select(Regex.Escape))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $@"(?<![\w.-])(?<scheme>https?://)?{host}:{asked.Port}(?!\d)");
            if (asked.IsDefaultPort)
                yield return $@"(?<scheme>{asked.Scheme}://){host}(?![\w.:-])";
        }
    }
}
