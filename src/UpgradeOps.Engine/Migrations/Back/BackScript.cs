using System.Text;
using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Migrations.Back;

/// <summary>The SQL that takes a migration back and makes its tracker forget it, as one text.</summary>
internal static partial class BackScript
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="AppException"><see cref="ErrorIds.MigrationScriptUnfit"/>: it is no text, or ends a transaction of its own in the middle of ours.</exception>
    public static string Compose(string name, byte[] sql, string forget)
    {
        var body = Text(name, sql);
        if (OwnTransaction().Match(body) is { Success: true } own)
        {
            var line = body.AsSpan(0, own.Index).Count('\n') + 1;
            throw Unfit(name, $"line {line} says {own.Value.Trim().TrimEnd(';')}: it and the tracker's row must change in one transaction, which is begun and ended here.", "Remove the script's own transaction.");
        }

        // A last statement without its end gets one; where it has one, an empty statement does nothing.
        return $"{body.TrimEnd()}\n;\n{forget};\n";
    }

    private static string Text(string name, byte[] sql)
    {
        try
        {
            var text = Strict.GetString(sql).TrimStart('\uFEFF').ReplaceLineEndings("\n");
            return text.Any(c => !char.IsWhiteSpace(c)) ? text : throw Unfit(name, "it is empty.", "Write the SQL that takes the migration back into it.");
        }
        catch (DecoderFallbackException)
        {
            throw Unfit(name, "it is not UTF-8 text.", "Save it as UTF-8.");
        }
    }

    private static AppException Unfit(string name, string why, string action) => new(ErrorIds.MigrationScriptUnfit, $"{name} cannot be run: {why}", name, action);

    [GeneratedRegex(@"^[ \t]*(BEGIN|START[ \t]+TRANSACTION|COMMIT|ROLLBACK)([ \t]+(WORK|TRANSACTION))?[ \t]*;", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex OwnTransaction();
}
