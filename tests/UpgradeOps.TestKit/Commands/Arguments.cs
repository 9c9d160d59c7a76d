namespace UpgradeOps.TestKit.Commands;

/// <summary>The words and <c>--options</c> of a command line; what nobody asked for is an error.</summary>
internal sealed class Arguments
{
    private readonly Queue<string> words = new();
    private readonly Dictionary<string, string> options = [];

    public Arguments(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
                words.Enqueue(arguments[i]);
            else if (i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal))
                options[arguments[i]] = arguments[++i];
            else
                options[arguments[i]] = "";
        }
    }

    public string Word(string name) => words.TryDequeue(out var word) ? word : throw new ArgumentException($"missing: {name}");

    public string? Option(string name) => options.Remove(name, out var value) ? value : null;

    public T Option<T>(string name, T fallback) where T : struct, Enum =>
        Option(name) is { } value ? Enum.Parse<T>(value, ignoreCase: true) : fallback;

    public void Done()
    {
        if (words.Concat(options.Keys).FirstOrDefault() is { } unknown)
            throw new ArgumentException($"unknown: {unknown}");
    }
}
