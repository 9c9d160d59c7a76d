using System.Text.Json.Nodes;
using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Platforms.Compose.Scratch;

/// <summary>
/// Writes the compose file of a copy: one service as the application's own compose files describe it, in the networks that are there, without
/// anything by which the live application's users or containers could come to it, and with volumes of its own.
/// </summary>
internal sealed class ScratchFile(ScratchModel model, ScratchRun run)
{
    /// <summary>What a copy does not need and what speaks of other services, beside what <see cref="HiddenService"/> leaves out.</summary>
    private static readonly string[] Left = ["build", "depends_on", "develop", "extends", "links", "external_links", "profiles", "scale"];

    private readonly ScratchNames names = new(run);

    /// <param name="image">By its digest or id.</param>
    public string Of(string service, string image)
    {
        var copy = HiddenService.Of(model.Service(service), names.Labels);
        foreach (var key in Left)
            copy.Remove(key);
        copy["image"] = image;
        copy["restart"] = "no";
        if (copy["deploy"] is JsonObject deploy)
        {
            foreach (var key in (string[])["replicas", "restart_policy", "labels", "mode"])
                deploy.Remove(key);
        }

        copy["environment"] = Environment(copy["environment"] as JsonObject);
        var networks = Networks(copy);
        var volumes = Volumes(copy);
        var file = new JsonObject { ["services"] = new JsonObject { [service] = copy }, ["networks"] = networks, ["volumes"] = volumes };
        foreach (var part in (string[])["secrets", "configs"])
        {
            if (model.Part(part) is { Count: > 0 } declared)
                file[part] = declared.DeepClone();
        }

        return file.ToJsonString();
    }

    private JsonObject Environment(JsonObject? own)
    {
        var variables = (JsonObject?)own?.DeepClone() ?? [];
        foreach (var (name, value) in run.Environment)
            variables[name] = value;
        return variables;
    }

    /// <summary>Those that are there: Compose makes none anew because the files were edited meanwhile.</summary>
    private JsonObject Networks(JsonObject copy)
    {
        var there = new JsonObject();
        if (copy["networks"] is not JsonObject joined)
            return there;
        foreach (var key in joined.Select(n => n.Key))
            there[key] = new JsonObject { ["name"] = model.NameOf("networks", key), ["external"] = true };
        return there;
    }

    private JsonObject Volumes(JsonObject copy)
    {
        var own = new JsonObject();
        foreach (var mount in ScratchModel.Items(copy, "volumes").OfType<JsonObject>().Where(m => ScratchModel.Text(m, "type") == "volume"))
        {
            if (ScratchModel.Text(mount, "source") is not { } source)
                continue;
            // A folder in it that is asked for is not there while it is empty.
            (mount["volume"] as JsonObject)?.Remove("subpath");
            own[source] = new JsonObject { ["name"] = names.Volume(model.NameOf("volumes", source)), ["external"] = true };
        }

        return own;
    }
}
