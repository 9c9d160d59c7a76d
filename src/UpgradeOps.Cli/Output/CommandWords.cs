using System.Text.RegularExpressions;

namespace UpgradeOps.Cli.Output;

/// <summary>
/// The engine names the next command as PowerShell knows it. Whoever sits at a console gets it in the console's words:
/// <c>Undo-AppUpdate -Name kmp -Data Keep</c> becomes <c>upgradeops undo kmp --data keep</c>.
/// </summary>
internal static partial class CommandWords
{
    public static readonly IReadOnlyDictionary<string, string> Verbs = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Register-App"] = "register",
        ["Get-App"] = "apps",
        ["Unregister-App"] = "unregister",
        ["Get-AppStatus"] = "status",
        ["Get-AppRelease"] = "releases",
        ["Get-AppHealth"] = "health",
        ["Wait-AppHealth"] = "health",
        ["Test-App"] = "smoke",
        ["Test-AppUpdate"] = "plan",
        ["Get-AppUpdatePlan"] = "plan",
        ["Invoke-AppUpdate"] = "update",
        ["Undo-AppUpdate"] = "undo",
        ["Resume-AppUpdate"] = "resume",
        ["Backup-App"] = "backup",
        ["Get-AppBackup"] = "backups",
        ["Test-AppBackup"] = "prove",
        ["Restore-AppBackup"] = "restore",
        ["Remove-AppBackup"] = "remove-backup",
        ["Get-AppHistory"] = "history",
        ["Get-AppLog"] = "logs",
        ["Get-AppLock"] = "lock",
        ["Get-AppMigration"] = "migrations",
        ["Invoke-AppMigration"] = "migrate",
        ["Undo-AppMigration"] = "undo-migration",
        ["Unlock-App"] = "unlock",
        ["Unblock-AppRelease"] = "unblock",
    };

    public static string ForConsole(string text)
    {
        var console = Cmdlet().Replace(text, match => Verbs.TryGetValue(match.Value, out var verb) ? $"upgradeops {verb}" : match.Value);
        console = Positional().Replace(console, "").Replace("-Confirm:$false", "--yes", StringComparison.Ordinal);
        console = DataChoice().Replace(console, match => "--data " + match.Groups["choice"].Value.ToLowerInvariant());
        return LoneParameter().Replace(console, match => Option(match.Groups["name"].Value));
    }

    /// <summary><c>OperationId</c> becomes <c>--operation-id</c>.</summary>
    private static string Option(string parameter) => "--" + Capital().Replace(parameter, match => (match.Index > 0 ? "-" : "") + match.Value.ToLowerInvariant());

    [GeneratedRegex(@"\b[A-Z][a-z]+-App[A-Za-z]*\b")]
    private static partial Regex Cmdlet();

    [GeneratedRegex(@"(?<=upgradeops [a-z-]+ )-(Name|Path) ")]
    private static partial Regex Positional();

    [GeneratedRegex(@"(?<![\w-])-Data (?<choice>Keep|Restore|Stop)\b")]
    private static partial Regex DataChoice();

    [GeneratedRegex(@"(?<![\w-])-(?<name>Force|Version|Channel|OperationId|BackupId|Plan|Data|WhatIf|Yes|Database|Source|Expired|Script|Release)\b")]
    private static partial Regex LoneParameter();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
