using Spectre.Console;
using Spectre.Console.Rendering;

namespace UpgradeOps.Cli.Output;

/// <summary>Rows under headings without lines around them, so that a table can be read, grepped and cut.</summary>
internal static class TableView
{
    public static IRenderable Of<T>(IReadOnlyCollection<T> items, string empty, params (string Heading, Func<T, string?> Text)[] columns)
    {
        if (items.Count == 0)
            return new Markup($"[grey]{Markup.Escape(empty)}[/]");

        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (var (heading, _) in columns)
            table.AddColumn(new TableColumn($"[bold]{Markup.Escape(heading.ToUpperInvariant())}[/]") { Padding = new Padding(0, 0, 2, 0) });
        foreach (var item in items)
            table.AddRow(columns.Select(c => Markup.Escape(c.Text(item) ?? "")).ToArray());
        return table;
    }

    /// <summary>Names and values below each other; those without a value are left out.</summary>
    public static IRenderable Facts(params (string Name, string? Value)[] facts)
    {
        var grid = new Grid().AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(0, 0, 2, 0) }).AddColumn();
        foreach (var (name, value) in facts.Where(f => !string.IsNullOrEmpty(f.Value)))
            grid.AddRow($"[bold]{Markup.Escape(name)}[/]", Markup.Escape(value!));
        return grid;
    }
}
