using System.Text;

namespace UpgradeOps.Engine.Platforms.Compose.Files;

/// <summary>
/// A <c>.env</c> file, read as Compose reads it and edited without touching any other byte: comments, line ends, quotes, order and
/// duplicates stay. Of several assignments of one name the last one counts.
/// </summary>
internal sealed class EnvFile
{
    private readonly byte[] _bytes;

    private EnvFile(byte[] bytes, EnvFileScanner scanner)
    {
        _bytes = bytes;
        Assignments = scanner.Scan();
        Inherited = scanner.Inherited;
    }

    public IReadOnlyList<EnvAssignment> Assignments { get; }

    /// <inheritdoc cref="EnvFileScanner.Inherited"/>
    public IReadOnlyList<string> Inherited { get; }

    /// <param name="path">For messages.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.ComposeInvalid"/>, naming the line.</exception>
    public static EnvFile Parse(byte[] bytes, string path) => new(bytes, new EnvFileScanner(bytes, path));

    /// <returns>The value as it stands, without quotes; nothing in it is expanded. Null when the name is not assigned.</returns>
    public string? Value(string name) => Find(name) is { } found ? Encoding.UTF8.GetString(_bytes, found.ValueStart, found.ValueLength) : null;

    public EnvAssignment? Find(string name) => Assignments.LastOrDefault(a => a.Name == name);

    /// <summary>The file with another value for one name.</summary>
    /// <param name="value">Letters, digits and <c>_ . - : / @ +</c>: what never needs quotes.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.ComposeVariableMissing"/>: the name is not assigned.</exception>
    public byte[] With(string name, string value, string path)
    {
        if (!value.All(c => char.IsAsciiLetterOrDigit(c) || "_.-:/@+".Contains(c, StringComparison.Ordinal)) || value.Length == 0)
            throw new AppException(ErrorIds.ComposeVariableMissing, $"'{value}' cannot be written as the value of {name} in {path}.", path);
        var found = Find(name) ?? throw new AppException(
            ErrorIds.ComposeVariableMissing, $"{path} assigns nothing to {name}.", path, $"Add a line {name}=<the tag that runs now> to it.");

        byte[] edited =
        [
            .. _bytes.AsSpan(0, found.ValueStart),
            .. Encoding.ASCII.GetBytes(value),
            .. _bytes.AsSpan(found.ValueStart + found.ValueLength),
        ];
        ProveAgainst(Parse(edited, path), name, value, path);
        return edited;
    }

    /// <summary>The file with more assignments at its end, each in a line as the others end; every byte that was there stays.</summary>
    /// <param name="values">Names that have no assignment yet. A value has neither quotes nor backslashes nor line ends.</param>
    /// <param name="path">For messages.</param>
    public byte[] WithAdded(IReadOnlyList<(string Name, string Value)> values, string path)
    {
        var end = _bytes.AsSpan().IndexOf("\r\n"u8) >= 0 ? "\r\n" : "\n";
        var text = new StringBuilder();
        if (_bytes.Length > 0 && _bytes[^1] != '\n' && !_bytes.AsSpan().SequenceEqual(Encoding.UTF8.Preamble))
            text.Append(end);
        foreach (var (name, value) in values)
        {
            var quote = value.Any(static c => c is ' ' or '#') ? "\"" : "";
            text.Append(name).Append('=').Append(quote).Append(value).Append(quote).Append(end);
        }

        byte[] edited = [.. _bytes, .. Encoding.UTF8.GetBytes(text.ToString())];
        var after = Parse(edited, path);
        if (!Assignments.Select(a => (a.Name, Text(a))).Concat(values).SequenceEqual(after.Assignments.Select(a => (a.Name, after.Text(a)))))
            throw new AppException(ErrorIds.ComposeInvalid, $"{path} cannot be added to safely: its last line would run into what follows.", path);
        return edited;
    }

    /// <summary>An edit that changed the meaning of anything else must never reach the disk.</summary>
    private void ProveAgainst(EnvFile edited, string name, string value, string path)
    {
        var before = Assignments.Select(a => (a.Name, Text(a)));
        var after = edited.Assignments.Select(a => (a.Name, edited.Text(a)));
        var target = Assignments.ToList().IndexOf(Find(name)!);
        var expected = before.Select((a, i) => i == target ? (name, value) : a);
        if (!expected.SequenceEqual(after))
            throw new AppException(ErrorIds.ComposeInvalid, $"{path} cannot be edited safely: writing {name} would change what other lines mean.", path);
    }

    private string Text(EnvAssignment assignment) => Encoding.UTF8.GetString(_bytes, assignment.ValueStart, assignment.ValueLength);
}

/// <summary>One assignment and where its value stands.</summary>
/// <param name="Line">From 1.</param>
/// <param name="ValueStart">Offset of the value's first byte, inside quotes.</param>
/// <param name="ValueLength">In bytes, without quotes.</param>
internal sealed record EnvAssignment(string Name, int Line, int ValueStart, int ValueLength);
