using UpgradeOps.Engine.Apps.Definition.Reading;

namespace UpgradeOps.Engine.Apps.Definition.Binding;

/// <summary><c>rehearse:</c>. A copy that is not told its own port and databases would take the live ones: that is refused here.</summary>
internal static class RehearseBinding
{
    public static RehearseDefinition? Bind(Section root) => root.Child("rehearse", DefinitionKeys.Rehearse) is { } section
        ? new RehearseDefinition
        {
            Command = section.Texts("command", TextRule.Any),
            Environment = section.Named("environment", TextRule.Variable, TextRule.Value),
            ContainerPort = section.Number("port", 1, 65535),
        }
        : null;

    public static void Check(AppDefinition definition, Section root)
    {
        if (definition.Rehearse is not { } rehearse || root.Child("rehearse", DefinitionKeys.Rehearse) is not { } section)
            return;
        if (definition.Platform.Compose is null)
            section.MustNotHave("port", "a service has no port in a container", "Hand the copy's port over as {port}.");
        else
            CheckCompose(section, rehearse);
        if (!section.Has("environment"))
        {
            section.Missing("environment", "Write the variables that the copy gets beside and instead of the application's own, such as DB_NAME: \"{database}\"; switch off there what reaches the outside.");
            return;
        }

        if (definition.Platform.Service is { } service)
        {
            if (service.Command.Count == 0 && rehearse.Command.Count == 0)
                section.Missing("command", "Write the program and its arguments as a list: the copy is run without the unit.");
            Require(section, rehearse, RehearseDefinition.Port, "the copy would listen where the live application does", "PORT: \"{port}\"");
        }

        foreach (var id in definition.Databases.Keys)
        {
            var named = RehearseDefinition.DatabaseOf(id);
            if (definition.Databases.Count == 1 && Uses(rehearse, RehearseDefinition.Database))
                continue;
            var placeholder = definition.Databases.Count == 1 ? RehearseDefinition.Database : named;
            if (!Uses(rehearse, named))
                Require(section, rehearse, placeholder, $"the copy would write into the live database '{id}'", $"DB_NAME: \"{placeholder}\"");
            if (!definition.Backups.Any(b => b.Database == id))
                section.Wrong("environment", $"database '{id}' has no backup of its own that could be restored for it", $"Declare '- database: {id}' under backups.");
        }

        CheckMigration(definition, rehearse, root);
    }

    private static void CheckCompose(Section section, RehearseDefinition rehearse)
    {
        section.MustNotHave("command", "a container of the copy runs what the compose file says", "Remove it, and give the copy its variables in environment.");
        if (rehearse.Environment.Values.Any(v => v.Contains(RehearseDefinition.Shared, StringComparison.Ordinal)))
            section.Wrong("environment", $"{RehearseDefinition.Shared} is a folder of a service: a container has its volumes", "Remove it: the copy gets volumes of its own.");
    }

    /// <summary>The command of its own does not read what the application's is given.</summary>
    private static void CheckMigration(AppDefinition definition, RehearseDefinition rehearse, Section root)
    {
        if (definition.Migrations is not { Command.Count: > 0 } migrations || migrations.Run == MigrationsDefinition.OnStart)
            return;
        var texts = rehearse.Environment.Values.Concat(migrations.Command).ToList();
        foreach (var id in definition.Databases.Keys)
        {
            var named = RehearseDefinition.DatabaseOf(id);
            var single = definition.Databases.Count == 1;
            if (texts.Any(t => t.Contains(named, StringComparison.Ordinal) || (single && t.Contains(RehearseDefinition.Database, StringComparison.Ordinal))))
                continue;
            var placeholder = single ? RehearseDefinition.Database : named;
            root.Child("migrations", DefinitionKeys.Migrations)?.Wrong(
                "command", $"nothing holds {placeholder} here or in rehearse.environment: a rehearsal would migrate the live database '{id}'",
                $"Write {placeholder} for the database's name in it, or hand it over in a variable of rehearse.environment.");
        }
    }

    private static bool Uses(RehearseDefinition rehearse, string placeholder) =>
        rehearse.Environment.Values.Concat(rehearse.Command).Any(v => v.Contains(placeholder, StringComparison.Ordinal));

    private static void Require(Section section, RehearseDefinition rehearse, string placeholder, string otherwise, string example)
    {
        if (!Uses(rehearse, placeholder))
            section.Wrong("environment", $"nothing holds {placeholder}: {otherwise}", $"Hand it over in a variable, such as {example}, or in the command.");
    }
}
