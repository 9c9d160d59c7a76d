using System.Text;

namespace UpgradeOps.Engine.Databases.MariaDb;

/// <summary>Writes statements for the client's standard input, whatever they hold.</summary>
internal static class MariaDbScript
{
    public static string Render(IEnumerable<string> statements)
    {
        var all = statements.ToList();
        var delimiter = "~~~~";
        while (all.Exists(s => s.Contains(delimiter, StringComparison.Ordinal)))
            delimiter += "~";
        var script = new StringBuilder($"DELIMITER {delimiter}\n");
        foreach (var statement in all)
            script.Append(statement).Append('\n').Append(delimiter).Append('\n');
        return script.ToString();
    }
}
