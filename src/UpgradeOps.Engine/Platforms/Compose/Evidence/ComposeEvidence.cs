using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Engine.Platforms.Compose.Evidence;

/// <summary>What is worth keeping of containers before a rollback removes them. Values of environment variables are left out.</summary>
internal sealed class ComposeEvidence(ComposeProject project)
{
    private const int LogTail = 2000;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public async Task<IReadOnlyDictionary<string, byte[]>> RunAsync(IReadOnlyList<string> instanceIds, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, byte[]>();
        foreach (var container in await project.Containers.InspectAsync(instanceIds, cancellationToken).ConfigureAwait(false))
        {
            // First what is secret in its environment, so that its log is rid of it too.
            if (await project.Docker.InspectContainerJsonAsync(container.Id, cancellationToken).ConfigureAwait(false) is { } json)
                files[$"{container.DisplayName}.inspect.json"] = Redact(json, project.Redaction);
            files[$"{container.DisplayName}.log"] = await ReadLogAsync(container, cancellationToken).ConfigureAwait(false);
        }

        files["compose-ps.txt"] = await ListAsync(cancellationToken).ConfigureAwait(false);
        return files;
    }

    /// <summary>An inspected container with the names of its environment variables alone.</summary>
    internal static byte[] Redact(byte[] json, Redaction? learns = null)
    {
        var node = JsonNode.Parse(json);
        if (node?["Config"]?["Env"] is JsonArray env)
        {
            foreach (var secret in EnvironmentSecrets.In(env.Select(e => e!.GetValue<string>())))
                learns?.Remember(secret);
            for (var i = 0; i < env.Count; i++)
                env[i] = env[i]!.GetValue<string>().Split('=')[0] + "=…";
        }

        return JsonSerializer.SerializeToUtf8Bytes(node, Indented);
    }

    private async Task<byte[]> ReadLogAsync(ContainerDetails container, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        await foreach (var line in project.Docker.ReadLogsAsync(container, LogTail, follow: false, cancellationToken).ConfigureAwait(false))
            text.Append(line.At?.ToString("O")).Append(line.IsError ? " err " : " out ").Append(line.Text).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private async Task<byte[]> ListAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Encoding.UTF8.GetBytes(await project.Command.ListAsync(null, cancellationToken).ConfigureAwait(false));
        }
        catch (AppException e)
        {
            return Encoding.UTF8.GetBytes(e.Message);
        }
    }
}
