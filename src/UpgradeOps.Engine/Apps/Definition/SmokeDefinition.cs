namespace UpgradeOps.Engine.Apps.Definition;

/// <summary>
/// One smoke test: exactly one of <see cref="Http"/>, <see cref="Sql"/> and <see cref="Command"/> is set. Texts may hold <c>${name}</c>, which
/// stands for a value that an earlier test captured or for one of the test's own secrets.
/// </summary>
internal sealed record SmokeDefinition
{
    public required string Name { get; init; }

    /// <summary>Absolute http(s) URL.</summary>
    public string? Http { get; init; }

    public string Method { get; init; } = "GET";

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public string? Body { get; init; }

    /// <summary>Accepted status code.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Expected values by their dotted path in the JSON answer; <c>*</c> for any value.</summary>
    public IReadOnlyDictionary<string, string> Json { get; init; } = new Dictionary<string, string>();

    /// <summary>Dotted paths in the JSON answer by the name under which later tests have the value.</summary>
    public IReadOnlyDictionary<string, string> Capture { get; init; } = new Dictionary<string, string>();

    /// <summary>Secret references by the name under which this test has the secret.</summary>
    public IReadOnlyDictionary<string, string> Secrets { get; init; } = new Dictionary<string, string>();

    public string? Sql { get; init; }

    /// <summary>A name under <c>databases:</c>.</summary>
    public string? Database { get; init; }

    /// <summary>The first value that the query must give; null when any true one will do.</summary>
    public string? Expect { get; init; }

    /// <summary>The command and its arguments; empty when this is another kind of test.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public int ExitCode { get; init; }

    /// <summary>What the command's output must hold; null when anything will do.</summary>
    public string? Output { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What it does, as declared.</summary>
    public string Action => Http is not null ? $"http {Method} {Http}" : Sql is not null ? $"sql {Database}" : $"command {Command[0]}";
}
