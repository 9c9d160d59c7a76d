using System.Text;

namespace UpgradeOps.Engine.Databases.MariaDb;

internal sealed class MariaDbDialect : SqlDialect
{
    public static readonly MariaDbDialect Instance = new();

    public override string CurrentSchema => "DATABASE()";

    protected override int LongestName => 64;

    public override string Name(string name)
    {
        ThrowIfImpossible(name);
        return $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";
    }

    /// <remarks>Hexadecimal: what a backslash or a quote means depends on the server's sql_mode, this does not.</remarks>
    public override string Text(string text) => text.Length == 0
        ? "''"
        : $"_utf8mb4 X'{Convert.ToHexString(Encoding.UTF8.GetBytes(text))}'";

    public override string Hexadecimal(string column) => $"HEX({column})";

    protected override int Size(string name) => name.Length;
}
