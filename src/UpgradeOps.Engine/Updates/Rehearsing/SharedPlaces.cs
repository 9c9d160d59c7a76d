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
        var (service, rehearse) = (live.Platform.Service!, live.Rehearse!);
        var migrations = live.Migrations is { Run: not MigrationsDefinition.OnStart } declared ? declared : null;
        List<string> folder =
        [
            .. service.Environment.Where(v => !rehearse.Environment.ContainsKey(v.Key) && Names(v.Value, service.Directory)).Select(v => $"platform.service.environment.{v.Key}"),
        ];
        if (rehearse.Command.Count == 0 && service.Command.Any(a => Names(a, service.Directory)))
            folder.Add("platform.service.command");
        if (migrations?.Command.Any(a => Names(a, service.Directory)) == true)
            folder.Add("migrations.command");
        if (folder.Count > 0)
            throw new AppException(ErrorIds.RehearsalShares, $"A copy of {live.Name} would have {string.Join(", ", folder)} as the live application has them, which name a place in its folder {service.Directory}: it could write there.", live.Path);
        foreach (var database in live.Databases.Values.Select(d => d.Database))
        {
            if (migrations?.Command.Skip(1).FirstOrDefault(a => IsDatabase(a, database)) is { } argument)
                throw new AppException(ErrorIds.RehearsalShares, $"migrations.command of {live.Name} has the argument '{argument}', which names the live database: a rehearsal would migrate that one.", live.Path);
        }
    }

    /// <summary>Where the definition itself gives the copy a place in the live folder. Whoever wrote it means it; it is told.</summary>
    public static IReadOnlyList<string> Meant(AppDefinition live)
    {
        var (service, rehearse) = (live.Platform.Service!, live.Rehearse!);
        List<string> meant = [.. rehearse.Environment.Where(v => Names(v.Value, service.Directory)).Select(v => $"rehearse.environment.{v.Key}")];
        if (rehearse.Command.Any(a => Names(a, service.Directory)))
            meant.Add("rehearse.command");
        return meant;
    }

    /// <summary>The folder or something in it; not another folder whose name begins like it.</summary>
    private static bool Names(string text, string directory) => Regex.IsMatch(text, Regex.Escape(directory) + @"(?![\w.-])", RegexOptions.CultureInvariant);

    /// <summary><c>chat</c>, <c>--db=chat</c>, <c>postgres://user@host/chat?sslmode=require</c>.</summary>
    private static bool IsDatabase(string argument, string database) =>
        Regex.IsMatch(argument, $@"^(.*=|\w+://[^?]*/)?{Regex.Escape(database)}([?;].*)?$", RegexOptions.CultureInvariant | RegexOptions.Singleline);
}
