namespace UpgradeOps.Engine.Apps.Definition.Yaml;

/// <summary>Where something stands in a file; both count from 1.</summary>
internal readonly record struct Position(int Line, int Column) : IComparable<Position>
{
    public int CompareTo(Position other) => Line != other.Line ? Line.CompareTo(other.Line) : Column.CompareTo(other.Column);
}

/// <summary>A piece of a YAML document that knows where it stands.</summary>
internal abstract record Node(Position At)
{
    /// <summary>What it is, for a message.</summary>
    public abstract string Kind { get; }
}

/// <param name="Quoted">True when it was written in quotes, so that <c>""</c> and <c>"null"</c> are texts.</param>
internal sealed record ScalarNode(Position At, string Text, bool Quoted) : Node(At)
{
    public bool IsNull => !Quoted && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Kind => IsNull ? "nothing" : "a single value";
}

internal sealed record ListNode(Position At, IReadOnlyList<Node> Items) : Node(At)
{
    public override string Kind => "a list";
}

internal sealed record MapNode(Position At, IReadOnlyList<MapEntry> Entries) : Node(At)
{
    public override string Kind => "a mapping";

    public MapEntry? Find(string key) => Entries.FirstOrDefault(e => e.Key == key);
}

internal sealed record MapEntry(string Key, Position KeyAt, Node Value);
