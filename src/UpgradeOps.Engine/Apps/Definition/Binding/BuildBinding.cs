using UpgradeOps.Engine.Apps.Definition.Reading;

namespace UpgradeOps.Engine.Apps.Definition.Binding;

/// <summary><c>platform.service.build:</c></summary>
internal static class BuildBinding
{
    public static BuildDefinition? Bind(Section service)
    {
        if (service.Child("build", DefinitionKeys.Build) is not { } section)
            return null;
        if (!section.Has("copy"))
            section.Missing("copy", "Say what goes into the release folder, such as 'copy: [ { from: target/release/app, to: bin/ } ]'; 'from: .' is all of it.");
        return new BuildDefinition
        {
            Steps = [.. section.Children("steps", DefinitionKeys.BuildStep).Select(Step)],
            Environment = section.Named("environment", TextRule.Variable, TextRule.Value),
            Copy = [.. section.Children("copy", DefinitionKeys.BuildCopy).Select(Copy)],
            Owner = section.Text("owner", TextRule.Owner),
            Fresh = section.Choice("fresh", "false", ["true", "false"]) == "true",
        };
    }

    private static BuildStepDefinition Step(Section section)
    {
        if (!section.Has("run"))
            section.Missing("run", "Write the program and its arguments as a list.");
        return new BuildStepDefinition
        {
            Run = section.Texts("run", TextRule.Any),
            In = section.Text("in", TextRule.TreePath) ?? ".",
            Environment = section.Named("environment", TextRule.Variable, TextRule.Value),
            Timeout = section.Time("timeout", TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
        };
    }

    private static BuildCopyDefinition Copy(Section section)
    {
        var from = section.RequiredText("from", TextRule.TreePath, "Name a file or a folder of the built tree.");
        return new BuildCopyDefinition { From = from, To = section.Text("to", TextRule.TreePath) ?? from, Mode = section.Text("mode", TextRule.Mode) };
    }
}
