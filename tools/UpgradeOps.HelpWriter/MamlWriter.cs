using System.Xml.Linq;

namespace UpgradeOps.HelpWriter;

/// <summary>Writes what Get-Help reads.</summary>
internal static class MamlWriter
{
    private static readonly XNamespace Msh = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>Parameters that PowerShell adds to a cmdlet that may be asked what it would do.</summary>
    private static readonly (string Name, string Text)[] ShouldProcess =
    [
        ("WhatIf", "Tells what would be done, and changes nothing."),
        ("Confirm", "Asks before anything is changed. -Confirm:$false answers yes to the question whether to go on, and to no other."),
    ];

    public static void Write(string path, IReadOnlyList<Cmdlet> cmdlets, IReadOnlyList<HelpPage> pages)
    {
        var document = new XDocument(
            new XDeclaration("1.0", "utf-8", null),
            new XElement(
                Msh + "helpItems",
                new XAttribute("schema", "maml"),
                cmdlets.Select(c => Element(c, pages.Single(p => p.Name == c.Name)))));
        document.Save(path);
    }

    private static XElement Element(Cmdlet cmdlet, HelpPage page) => new(
        Command + "command",
        new XAttribute(XNamespace.Xmlns + "maml", Maml),
        new XAttribute(XNamespace.Xmlns + "command", Command),
        new XAttribute(XNamespace.Xmlns + "dev", Dev),
        new XElement(
            Command + "details",
            new XElement(Command + "name", cmdlet.Name),
            new XElement(Command + "verb", cmdlet.Verb),
            new XElement(Command + "noun", cmdlet.Noun),
            Description([page.Synopsis])),
        Description(page.Description),
        new XElement(Command + "syntax", cmdlet.Sets.Select(set => Syntax(cmdlet, page, set))),
        new XElement(
            Command + "parameters",
            cmdlet.Parameters.Select(p => Parameter(p, Strongest(p), page.Parameters[p.Name], withValues: false)),
            Added(cmdlet)),
        new XElement(Command + "inputTypes", Inputs(cmdlet).Select(t => Typed("inputType", t, []))),
        new XElement(Command + "returnValues", page.Outputs.Select(o => Typed("returnValue", o.Key, o.Value))),
        page.Notes.Count == 0 ? null : new XElement(Maml + "alertSet", new XElement(Maml + "alert", Paragraphs(page.Notes))),
        new XElement(Command + "examples", page.Examples.Select(Example)),
        new XElement(Command + "relatedLinks", page.Related.Select(r => new XElement(Maml + "navigationLink", new XElement(Maml + "linkText", r), new XElement(Maml + "uri")))));

    private static XElement Syntax(Cmdlet cmdlet, HelpPage page, string set) => new(
        Command + "syntaxItem",
        new XElement(Maml + "name", cmdlet.Name),
        cmdlet.Parameters
            .Select(p => (Parameter: p, Use: p.In(set)))
            .Where(p => p.Use is not null)
            .OrderBy(p => p.Use!.Position ?? int.MaxValue).ThenBy(p => !p.Use!.Mandatory)
            .Select(p => Parameter(p.Parameter, p.Use!, page.Parameters[p.Parameter.Name], withValues: true)),
        Added(cmdlet));

    private static IEnumerable<XElement> Added(Cmdlet cmdlet)
    {
        var named = new ParameterUse(Mandatory: false, Position: null, ByValue: false, ByName: false);
        return (cmdlet.ShouldProcess ? ShouldProcess : []).Select(p => Parameter(
            new CmdletParameter(p.Name, "SwitchParameter", true, false, false, [], [], new Dictionary<string, ParameterUse>()), named, [p.Text], withValues: true));
    }

    private static XElement Parameter(CmdletParameter parameter, ParameterUse use, IReadOnlyList<string> text, bool withValues) => new(
        Command + "parameter",
        new XAttribute("required", use.Mandatory ? "true" : "false"),
        new XAttribute("variableLength", parameter.IsArray ? "true" : "false"),
        new XAttribute("globbing", parameter.Globbing ? "true" : "false"),
        new XAttribute("pipelineInput", use.Pipeline),
        new XAttribute("position", use.Position?.ToString() ?? "named"),
        new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
        new XElement(Maml + "name", parameter.Name),
        Description(parameter.Values.Count == 0 ? text : [.. text, $"One of: {string.Join(", ", parameter.Values)}."]),
        withValues && parameter.Values.Count > 0
            ? new XElement(Command + "parameterValueGroup", parameter.Values.Select(v => Value(v, false)))
            : parameter.IsSwitch && withValues ? null : Value(parameter.Type, parameter.IsArray, required: !parameter.IsSwitch),
        new XElement(Dev + "type", new XElement(Maml + "name", parameter.Type), new XElement(Maml + "uri")),
        new XElement(Dev + "defaultValue", parameter.IsSwitch ? "False" : "None"));

    private static XElement Value(string text, bool variableLength, bool required = true) => new(
        Command + "parameterValue",
        new XAttribute("required", required ? "true" : "false"),
        new XAttribute("variableLength", variableLength ? "true" : "false"),
        text);

    /// <summary>Of several uses the one that tells most: with a position, from the pipeline.</summary>
    private static ParameterUse Strongest(CmdletParameter parameter) =>
        parameter.Uses.Values.OrderBy(u => u.Position is null).ThenBy(u => u.Pipeline == "False").First();

    private static IEnumerable<string> Inputs(Cmdlet cmdlet) => cmdlet.Parameters
        .Where(p => p.Uses.Values.Any(u => u.ByValue || u.ByName)).Select(p => p.Type).Distinct().DefaultIfEmpty("None");

    private static XElement Typed(string name, string type, IReadOnlyList<string> text) => new(
        Command + name,
        new XElement(Dev + "type", new XElement(Maml + "name", type)),
        Description(text));

    private static XElement Example(HelpExample example, int index) => new(
        Command + "example",
        new XElement(Maml + "title", $"Example {index + 1}: {example.Title}"),
        new XElement(Dev + "code", example.Code),
        new XElement(Dev + "remarks", Paragraphs(example.Remarks)));

    private static XElement Description(IEnumerable<string> text) => new(Maml + "description", Paragraphs(text));

    private static IEnumerable<XElement> Paragraphs(IEnumerable<string> text) => text.Select(t => new XElement(Maml + "para", t));
}
