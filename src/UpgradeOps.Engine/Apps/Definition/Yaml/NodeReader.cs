using UpgradeOps.Engine.Apps.Definition.Reading;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace UpgradeOps.Engine.Apps.Definition.Yaml;

/// <summary>
/// Builds nodes from a parser's events. The package's own document model stops at the first repeated key and recurses as deep as
/// a hostile file wants; this one reports every repetition with both places, and has a bottom.
/// </summary>
internal sealed class NodeReader(IParser parser, Problems problems)
{
    private const int MaximumDepth = 32;

    private readonly Dictionary<string, Node> anchors = [];

    /// <returns>The first document's root; null for an empty file.</returns>
    public static Node? Read(string text, Problems problems)
    {
        try
        {
            return new NodeReader(new Parser(new StringReader(text)), problems).ReadDocument();
        }
        catch (YamlException e)
        {
            problems.Add(At(e.Start), "", $"this is not YAML: {Sentence(e.Message)}", "Check indentation, colons and quotes here.");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The package answers some malformed inputs with exceptions of other types.
            problems.Add(At(parser: null), "", $"this is not YAML: {Sentence(e.Message)}", "Check indentation, colons and quotes.");
        }

        return null;
    }

    private Node? ReadDocument()
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
            return null;
        var root = ReadNode(0);
        parser.Consume<DocumentEnd>();
        if (parser.TryConsume<DocumentStart>(out var second))
            problems.Add(At(second.Start), "", "a second document begins here", "Put each application into a file of its own.");
        return root;
    }

    private Node ReadNode(int depth)
    {
        if (depth > MaximumDepth)
            throw new YamlException(parser.Current!.Start, parser.Current.End, $"more than {MaximumDepth} levels deep");

        switch (parser.Current)
        {
            case Scalar scalar:
                parser.MoveNext();
                return Remember(scalar, new ScalarNode(At(scalar.Start), scalar.Value, scalar.Style != ScalarStyle.Plain));
            case SequenceStart start:
                parser.MoveNext();
                return Remember(start, ReadList(start, depth));
            case MappingStart start:
                parser.MoveNext();
                return Remember(start, ReadMap(start, depth));
            case AnchorAlias alias:
                parser.MoveNext();
                return anchors.TryGetValue(alias.Value.Value, out var node)
                    ? node
                    : throw new YamlException(alias.Start, alias.End, $"the alias *{alias.Value.Value} refers to nothing above it");
            default:
                throw new YamlException("the document ends too early");
        }
    }

    private ListNode ReadList(SequenceStart start, int depth)
    {
        var items = new List<Node>();
        while (!parser.TryConsume<SequenceEnd>(out _))
            items.Add(ReadNode(depth + 1));
        return new ListNode(At(start.Start), items);
    }

    private MapNode ReadMap(MappingStart start, int depth)
    {
        var entries = new List<MapEntry>();
        var seen = new Dictionary<string, Position>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (key is not ScalarNode { IsNull: false } name)
                problems.Add(key.At, "", $"{key.Kind} cannot be a key", "Write the key as plain text.");
            else if (!seen.TryAdd(name.Text, name.At))
                problems.Add(name.At, name.Text, $"the key is repeated; it first stands in line {seen[name.Text].Line}", "Keep one of the two.");
            else
                entries.Add(new MapEntry(name.Text, name.At, value));
        }

        return new MapNode(At(start.Start), entries);
    }

    private Node Remember(NodeEvent e, Node node)
    {
        if (!e.Anchor.IsEmpty)
            anchors[e.Anchor.Value] = node;
        return node;
    }

    private static Position At(Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    private static Position At(IParser? parser) => parser?.Current is { } current ? At(current.Start) : new Position(1, 1);

    private static string Sentence(string message) => message.Trim().TrimEnd('.');
}
