namespace UpgradeOps.Engine.Databases.Tools;

/// <summary>A tool with its arguments: nothing is quoted, nothing passes through a shell, nothing secret is in it.</summary>
internal sealed record ToolCommand(string Tool, params IReadOnlyList<string> Arguments)
{
    /// <summary>Added to the tool's environment; the one place for a password.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>For messages, where a shell runs the tool.</summary>
    public string Name { get; init; } = Tool;

    /// <summary>It writes as much as a database holds.</summary>
    public bool WritesMuch { get; init; }

    /// <summary>It reads as much as a database holds.</summary>
    public bool ReadsMuch { get; init; }

    public ToolCommand With(string name, string value) =>
        this with { Environment = new Dictionary<string, string>(Environment) { [name] = value } };

    /// <summary>Tool and arguments alone.</summary>
    public override string ToString() => string.Join(' ', Arguments.Prepend(Tool));
}
