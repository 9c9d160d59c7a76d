using System.Text.RegularExpressions;
using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Updates.Rehearsing;

/// <summary>What a copy would have in common with the live application.</summary>
internal static class SharedPlaces
{
    /// <summary>What nobody wrote for the copy and what names the live folder or database: the copy would write there.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.RehearsalShares"/>.</exception>
    public static void Refuse(AppDefinition live)
    {
        var inherited = Inherited(live).ToList();
        var folder = inherited.Where(i => InFolder(live, i.Value)).Select(i => i.Field).Distinct().ToList();
        if (folder.Count > 0)
            throw new AppException(ErrorIds.RehearsalShares, $"A copy of {live.Name} would have {string.Join(", ", folder)} as the live application has them, which name a place in its folder {live.Platform.Service!.Directory}: it could write there.", live.Path);
        foreach (var database in live.Databases.Values.Select(d => d.Database))
        {
            if (inherited.FirstOrDefault(i => !i.IsProgram && DatabaseWords.Name(i.Value, database)) is { } shared)
                throw new AppException(ErrorIds.RehearsalShares, $"A copy of {live.Name} would have {shared.Field} as the live application has it, and '{database}' in it names the live database: the copy could write there.", live.Path);
        }
    }

    /// <summary>Where the definition itself gives the copy a place in the live folder, or the live database. Whoever wrote it means it; it is told.</summary>
    public static IReadOnlyList<string> Meant(AppDefinition live)
    {
        var rehearse = live.Rehearse!;
        var written = rehearse.Environment.Select(v => new Word($"rehearse.environment.{v.Key}", v.Value, false))
            .Concat(rehearse.Command.Select((a, i) => new Word("rehearse.command", a, i == 0)));
        return written.Where(w => InFolder(live, w.Value) || (!w.IsProgram && live.Databases.Values.Any(d => DatabaseWords.Name(w.Value, d.Database))))
            .Select(w => w.Field).Distinct().ToList();
    }

    /// <summary>What the copy is told in the live application's own words.</summary>
    private static IEnumerable<Word> Inherited(AppDefinition live)
    {
        // What a service of a compose file is told, the platform looks at.
        var (service, rehearse) = (live.Platform.Service, live.Rehearse!);
        var command = rehearse.Command.Count == 0 ? service?.Command ?? [] : [];
        var variables = service?.Environment ?? new Dictionary<string, string>();
        var migrations = live.Migrations is { Run: not MigrationsDefinition.OnStart } declared ? declared.Command : [];
        return variables.Where(v => !rehearse.Environment.ContainsKey(v.Key)).Select(v => new Word($"platform.service.environment.{v.Key}", v.Value, false))
            .Concat(command.Select((a, i) => new Word("platform.service.command", a, i == 0)))
            .Concat(migrations.Select((a, i) => new Word("migrations.command", a, i == 0)));
    }

    /// <summary>On Compose the folder is none of the containers' places.</summary>
    private static bool InFolder(AppDefinition live, string text) => live.Platform.Service is { } service && Names(text, service.Directory);

    /// <summary>The folder or something in it; not another folder whose name begins like it.</summary>
    private static bool Names(string text, string directory) => Regex.IsMatch(text, Regex.Escape(directory) + @"(?![\w.-])", RegexOptions.CultureInvariant);

    private sealed record Word(string Field, string Value, bool IsProgram);
}
