using UpgradeOps.Engine.Apps.Definition.Reading;

namespace UpgradeOps.Engine.Apps.Definition.Binding;

/// <summary><c>platform:</c></summary>
internal static class PlatformBinding
{
    public static PlatformDefinition Bind(Section root, FolderPath folder)
    {
        var platform = root.RequiredChild("platform", DefinitionKeys.Platform, "Say how the application runs: 'platform: { compose: … }'.");
        platform?.ExactlyOne("compose", "service");
        return new PlatformDefinition
        {
            Compose = platform?.Child("compose", DefinitionKeys.Compose) is { } compose ? Compose(compose, folder) : null,
            Service = platform?.Child("service", DefinitionKeys.Service) is { } service ? Service(service, folder) : null,
        };
    }

    private static ComposeDefinition Compose(Section section, FolderPath folder)
    {
        section.ExactlyOne("version", "build");
        var version = section.Child("version", DefinitionKeys.ComposeVersion);
        return new ComposeDefinition
        {
            Directory = folder.OnHost(section, "directory", section.RequiredText("directory", fix: "Name the folder of the compose file.")),
            Files = section.Texts("files", TextRule.Inside),
            Project = section.Text("project", TextRule.PartName),
            Service = section.RequiredText("service", TextRule.PartName, "Name the service that carries the version."),
            EnvFile = version?.Text("env-file", TextRule.Inside) ?? ".env",
            Variable = version?.RequiredText("variable", TextRule.Variable, "Name the variable that holds the image's tag.") ?? "",
            Build = section.Child("build", DefinitionKeys.ComposeBuild) is { } build ? Build(build) : null,
        };
    }

    private static ComposeBuildDefinition Build(Section section) => new()
    {
        In = section.Text("in", TextRule.TreePath) ?? ".",
        Timeout = section.Time("timeout", TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
    };

    private static ServiceDefinition Service(Section section, FolderPath folder)
    {
        var supervisor = section.Choice("supervisor", ServiceDefinition.Process, [ServiceDefinition.Process, ServiceDefinition.Systemd, ServiceDefinition.WindowsService]);
        if (supervisor == ServiceDefinition.Process)
        {
            if (!section.Has("command"))
                section.Missing("command", "Write the program and its arguments as a list.");
        }
        else
        {
            section.MustNotHave("command", $"the {(supervisor == ServiceDefinition.Systemd ? "unit" : "service")} names the program", "Remove it.");
        }

        foreach (var (key, owner) in new[] { ("unit", ServiceDefinition.Systemd), ("scope", ServiceDefinition.Systemd), ("name", ServiceDefinition.WindowsService) }.Where(k => k.Item2 != supervisor))
            section.MustNotHave(key, $"it belongs to 'supervisor: {owner}'", "Remove it, or name that supervisor.");

        return new ServiceDefinition
        {
            Directory = folder.OnHost(section, "directory", section.RequiredText("directory", fix: "Name the folder that holds releases/ and current.")),
            Supervisor = supervisor,
            Unit = supervisor == ServiceDefinition.Systemd ? Suffixed(section.RequiredText("unit", TextRule.Unit, "Name the unit that runs it, such as chatalot.service.")) : null,
            Name = supervisor == ServiceDefinition.WindowsService ? section.RequiredText("name", TextRule.WindowsService, "Name the service that runs it, as Get-Service does.") : null,
            Scope = section.Choice("scope", "system", ["system", "user"]),
            Command = section.Texts("command", TextRule.Any),
            Environment = section.Named("environment", TextRule.Variable, TextRule.Value),
            Build = BuildBinding.Bind(section),
            StopTimeout = section.Has("stopTimeout") ? section.Time("stopTimeout", ServiceDefinition.UsualStopTimeout, TimeSpan.Zero, TimeSpan.FromHours(1)) : null,
        };
    }

    private static string Suffixed(string unit) => unit.EndsWith(".service", StringComparison.Ordinal) || unit.Length == 0 ? unit : unit + ".service";
}
