using System.Text;

namespace UpgradeOps.Integration.Faults;

/// <summary>Writes docs/faults.md from the table.</summary>
internal static class FaultPage
{
    private const string Head = """
        # When something goes wrong

        What a fault in the middle of an update comes to: each line is injected by a test on a real Docker Engine, registry, PostgreSQL and
        file system (`tests/UpgradeOps.Integration.Tests/Faults`), which also sees that the named version serves, every row is there, and no
        container, volume, half-written file or lock is left. This page is written from the same table
        (`UPGRADEOPS_WRITE_PAGES=1 dotnet test --filter FaultPageTests`).

        *Runs* is the version that serves afterwards. *Bad* is whether the new version is remembered as bad, and so refused next time. The
        error's text says what happened, and its recommended action (the last column shows how it begins, or its distinct part) what to do.


        """;

    public static string Render()
    {
        var page = new StringBuilder(Head);
        foreach (var group in FaultTable.Rows.GroupBy(r => r.Group))
        {
            page.Append($"## {group.Key}\n\n| fault | what happens | result | runs | bad | ErrorId | next |\n|---|---|---|---|---|---|---|\n");
            foreach (var row in group)
                page.Append($"| {row.Fault} | {row.Happens} | `{row.Status}` | {row.Runs} | {(row.Blamed ? "yes" : "")} | {(row.ErrorId is null ? "" : $"`{row.ErrorId}`")} | {row.Next} |\n");
            page.Append('\n');
        }

        return page.ToString().TrimEnd('\n') + "\n";
    }
}
