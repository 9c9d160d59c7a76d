using UpgradeOps.Engine.Apps.Definition.Reading;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Text;

namespace UpgradeOps.Engine.Apps.Definition.Binding;

/// <summary><c>smoke:</c></summary>
internal static class SmokeBinding
{
    private static readonly (string Key, string Needs)[] Dependent =
    [
        ("method", "http"), ("headers", "http"), ("body", "http"), ("status", "http"), ("json", "http"), ("capture", "http"),
        ("database", "sql"), ("expect", "sql"), ("environment", "command"), ("exitCode", "command"), ("output", "command"),
    ];

    /// <param name="directory">The platform's, where paths of secrets start.</param>
    public static IReadOnlyList<SmokeDefinition> Bind(Section root, string directory, IReadOnlyDictionary<string, DatabaseDefinition> databases)
    {
        var tests = new List<SmokeDefinition>();
        var captured = new HashSet<string>(StringComparer.Ordinal);
        foreach (var section in root.Children("smoke", DefinitionKeys.Smoke))
        {
            var test = Test(section, directory);
            if (tests.Any(t => t.Name == test.Name))
                section.Wrong("name", $"there are two tests '{test.Name}'", "Give each its own name: results are told by it.");
            if (test.Database is { Length: > 0 } database && !databases.ContainsKey(database))
                section.Wrong("database", $"there is no database '{database}'", databases.Count == 0 ? "Declare it under databases." : $"Use {string.Join(" or ", databases.Keys)}, or declare it under databases.");
            CheckValues(section, test, captured);
            captured.UnionWith(test.Capture.Keys);
            tests.Add(test);
        }

        return tests;
    }

    private static SmokeDefinition Test(Section section, string directory)
    {
        section.ExactlyOne("http", "sql", "command");
        foreach (var (key, needs) in Dependent)
        {
            if (section.Has(key) && !section.Has(needs))
                section.Wrong(key, $"it counts beside '{needs}' only", "Remove it.");
        }

        if (section.Has("sql") && !section.Has("database"))
            section.Missing("database", "Name one of databases.");
        return new SmokeDefinition
        {
            Name = section.RequiredText("name", TextRule.Any, "Give the test a name: a failure is told by it."),
            Http = section.Text("http", TextRule.Url),
            Method = section.Choice("method", "GET", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
            Headers = section.Named("headers", TextRule.Header, TextRule.HeaderValue),
            Body = section.Text("body"),
            Status = section.Number("status", 100, 599) ?? 200,
            Json = section.Named("json", TextRule.DottedPath, TextRule.Any),
            Capture = section.Named("capture", TextRule.Variable, TextRule.DottedPath),
            Secrets = section.Named("secrets", TextRule.Variable, TextRule.Secret).ToDictionary(s => s.Key, s => SecretReference.Absolute(s.Value, directory)),
            Sql = section.Text("sql"),
            Database = section.Text("database", TextRule.PartName),
            Expect = section.Text("expect"),
            Command = section.Texts("command", TextRule.Any),
            Environment = section.Named("environment", TextRule.Variable, TextRule.Value),
            ExitCode = section.Number("exitCode", 0, 255) ?? 0,
            Output = section.Text("output"),
            Timeout = section.Time("timeout", TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(30)),
        };
    }

    /// <summary>A value that nothing gives would be sent as it is written; a secret in an address, a query or a command's arguments could be read by others.</summary>
    private static void CheckValues(Section section, SmokeDefinition test, HashSet<string> captured)
    {
        var secrets = test.Secrets.Keys.ToHashSet();
        string[] all = [.. captured, .. secrets];
        Check("http", [test.Http], captured);
        Check("headers", test.Headers.Values, all);
        Check("body", [test.Body], all);
        Check("json", test.Json.Values, captured);
        Check("sql", [test.Sql], captured);
        Check("expect", [test.Expect], captured);
        Check("command", test.Command, []);
        Check("environment", test.Environment.Values, all);
        Check("output", [test.Output], captured);

        void Check(string key, IEnumerable<string?> texts, IReadOnlyCollection<string> known)
        {
            foreach (var name in texts.OfType<string>().SelectMany(ValueText.Names).Where(n => !known.Contains(n)).Distinct())
            {
                var fix = key == "command" ? "Hand it over in 'environment:'."
                    : secrets.Contains(name) ? "Use it in 'headers:', 'body:' or 'environment:', where nobody else reads it."
                    : $"Capture it in an earlier test ('capture: {{ {name}: path.in.the.answer }}'), or write $${{{name}}} for the text itself.";
                section.Wrong(key, secrets.Contains(name) || captured.Contains(name) ? $"${{{name}}} cannot be used here" : $"nothing gives ${{{name}}}", fix);
            }
        }
    }
}
