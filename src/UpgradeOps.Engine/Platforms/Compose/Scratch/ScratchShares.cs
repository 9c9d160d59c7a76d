using System.Text.Json.Nodes;
using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Platforms.Compose.Scratch;

/// <summary>What a copy would have in common with the live application, in a way that nobody wrote for the copy.</summary>
internal sealed class ScratchShares(ScratchModel model, ScratchRun run, string application)
{
    private const string Own = "network, processes or volumes of their own";

    /// <summary>Values are never told: they hold passwords.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.RehearsalShares"/>.</exception>
    public void Refuse(string service)
    {
        var declared = model.Service(service);
        if (Joined(declared) is { } joined)
            throw Shares($"{service}: {joined}", $"A copy of {application} would share it with what runs: it needs {Own}", "Give the service networks of its own in the compose file.");
        var written = model.Mounts(service).Where(m => ScratchModel.Text(m, "type") is not ("volume" or "tmpfs" or "image") && !IsReadOnly(m)).Select(m => ScratchModel.Text(m, "target") ?? "?").ToList();
        if (written.Count > 0)
        {
            throw Shares(
                $"{service}: {string.Join(", ", written)}", $"A copy of {application} would write into folders of the machine that are the live application's",
                "Mount them read-only (':ro'), or use a volume with a name instead: the copy gets one of its own.");
        }

        foreach (var database in run.LiveDatabases)
        {
            if (Named(service, database) is { } field)
            {
                throw Shares(
                    $"{service}: {field}", $"A copy of {application} would have what names the live database '{database}', and could write there",
                    "Give the copy another value in rehearse.environment, with {database} for the name of its own (or the same value, where it only reads there, or it names no database).");
            }
        }
    }

    /// <returns>What names the live database and was not written for the copy.</returns>
    private string? Named(string service, string database)
    {
        foreach (var (name, value) in model.Environment(service))
        {
            if (!run.Environment.ContainsKey(name) && DatabaseWords.Name(value, database))
                return $"environment.{name}";
        }

        if (model.Words(service, "entrypoint").Skip(1).Any(w => DatabaseWords.Name(w, database)))
            return "entrypoint";
        // The first word of a command is a program, unless the image has one.
        return model.Words(service, "command").Any(w => DatabaseWords.Name(w, database)) ? "command" : null;
    }

    private static string? Joined(JsonObject declared)
    {
        foreach (var key in (string[])["network_mode", "pid", "ipc", "uts"])
        {
            if (ScratchModel.Text(declared, key) is { } mode && (mode == "host" || mode.StartsWith("service:", StringComparison.Ordinal) || mode.StartsWith("container:", StringComparison.Ordinal)))
                return key;
        }

        return ScratchModel.Items(declared, "volumes_from").Any() ? "volumes_from" : null;
    }

    private static bool IsReadOnly(JsonObject mount) => mount["read_only"] is JsonValue value && value.TryGetValue<bool>(out var only) && only;

    private AppException Shares(string where, string what, string action) => new(ErrorIds.RehearsalShares, $"{what} ({where}).", application, action);
}
