using System.Text.Json.Nodes;
using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Platforms.Compose.Scratch;

namespace UpgradeOps.Engine.Platforms.Compose;

/// <summary>
/// Writes the compose file of a job: the application's own project, with the job's service so that no request for the live one comes to its container.
/// </summary>
internal sealed class JobFile(ScratchModel model, DockerClient docker)
{
    public async Task<string> OfAsync(string service, CancellationToken cancellationToken)
    {
        var file = model.Copy();
        file["services"]![service] = HiddenService.Of(model.Service(service), new Dictionary<string, string>());
        await KeepAsync(file, "networks", docker.HasNetworkAsync, cancellationToken).ConfigureAwait(false);
        await KeepAsync(file, "volumes", async (name, token) => await docker.InspectVolumeAsync(name, token).ConfigureAwait(false) is not null, cancellationToken).ConfigureAwait(false);
        return file.ToJsonString();
    }

    /// <summary>Those that are there stay as they are: Compose makes none anew, with all containers in it, because the files were edited meanwhile.</summary>
    private async Task KeepAsync(JsonObject file, string part, Func<string, CancellationToken, Task<bool>> isThere, CancellationToken cancellationToken)
    {
        foreach (var key in model.Part(part).Select(p => p.Key))
        {
            if (model.NameOf(part, key) is var name && await isThere(name, cancellationToken).ConfigureAwait(false))
                file[part]![key] = new JsonObject { ["name"] = name, ["external"] = true };
        }
    }
}
