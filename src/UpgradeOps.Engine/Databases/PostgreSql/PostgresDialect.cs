using System.Text;

namespace UpgradeOps.Engine.Databases.PostgreSql;

internal sealed class PostgresDialect : SqlDialect
{
    public static readonly PostgresDialect Instance = new();

    public override string CurrentSchema => "ANY (current_schemas(false))";

    protected override int LongestName => 63;

    public override string Name(string name)
    {
        ThrowIfImpossible(name);
        return $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <remarks>A backslash would mean something else under <c>standard_conforming_strings = off</c>; in an E'' it never does.</remarks>
    public override string Text(string text)
    {
        if (text.Contains('\0'))
            throw new AppException(ErrorIds.DefinitionInvalid, "PostgreSQL has no text with a zero in it.");
        var quoted = text.Replace("'", "''", StringComparison.Ordinal);
        return quoted.Contains('\\') ? $"E'{quoted.Replace("\\", "\\\\", StringComparison.Ordinal)}'" : $"'{quoted}'";
    }

    public override string Hexadecimal(string column) => $"encode({column}, 'hex')";

    protected override int Size(string name) => Encoding.UTF8.GetByteCount(name);
}
