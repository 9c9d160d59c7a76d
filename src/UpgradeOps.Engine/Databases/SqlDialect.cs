using System.Security.Cryptography;
using System.Text;
using UpgradeOps.Engine.Databases.MariaDb;
using UpgradeOps.Engine.Databases.PostgreSql;

namespace UpgradeOps.Engine.Databases;

/// <summary>How an engine writes names and texts in SQL, so that no name can end one statement and begin another.</summary>
internal abstract class SqlDialect
{
    public static SqlDialect Of(IDatabase database) => database.Engine == PostgresDatabase.EngineName ? PostgresDialect.Instance : MariaDbDialect.Instance;

    /// <summary>A name, quoted.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.DefinitionInvalid"/>: no such name can exist.</exception>
    public abstract string Name(string name);

    /// <summary>A text, as a literal that means the same under every setting of the server.</summary>
    public abstract string Text(string text);

    /// <summary>SQL of the hexadecimal digits of a column of bytes.</summary>
    public abstract string Hexadecimal(string column);

    /// <summary>SQL of the schema in which a table without one is looked up.</summary>
    public abstract string CurrentSchema { get; }

    /// <summary>How long a name is to the engine: bytes or characters.</summary>
    protected abstract int Size(string name);

    protected abstract int LongestName { get; }

    /// <summary>
    /// A name for a database beside another, which fits what the engine allows: <c>kmp</c> and <c>_aside</c> give
    /// <c>kmp_aside</c>; a long name is cut and told apart by part of its hash.
    /// </summary>
    public string Beside(string name, string suffix)
    {
        if (Size(name + suffix) <= LongestName)
            return name + suffix;
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name))).ToLowerInvariant()[..8];
        var runes = name.EnumerateRunes().ToList();
        string cut;
        do
        {
            runes.RemoveAt(runes.Count - 1);
            cut = string.Concat(runes) + "_" + hash + suffix;
        }
        while (Size(cut) > LongestName && runes.Count > 1);
        return cut;
    }

    protected void ThrowIfImpossible(string name)
    {
        if (name.Length == 0 || name.Contains('\0') || Size(name) > LongestName)
            throw new AppException(ErrorIds.DefinitionInvalid, $"'{name}' cannot be a name in this database: it is empty, too long (at most {LongestName}) or holds a zero.", name);
    }
}
