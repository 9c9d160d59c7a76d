using System.Globalization;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Hosts;

namespace UpgradeOps.Engine.Backups.Sources;

/// <summary>Whatever a command writes to its standard output. It counts only when the command ends with exit code 0.</summary>
internal sealed class CommandSource(IHost host, CommandSourceDefinition command, string folder) : IBackupSource
{
    public const string Prefix = "command:";

    public string Id => Prefix + command.Name;

    public int Rank => 1;

    public Task<long?> EstimateAsync(CancellationToken cancellationToken) => Task.FromResult<long?>(null);

    public async Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken)
    {
        if (await HostCommands.ExistsAsync(host, HostCommand.FileIn(folder, command.Run[0]), cancellationToken).ConfigureAwait(false))
            return [];
        return [Findings.Make(FindingSeverity.Blocker, ErrorIds.HostCommandMissing, Id, $"There is no command '{command.Run[0]}' on {host.Address}, which backups: declares.")];
    }

    public async Task<SourceCopy> CopyAsync(PartialBackup backup, SourceContext context, CancellationToken cancellationToken)
    {
        var path = $"outputs/{command.Name}{backup.Packing.Extension}";
        var file = await backup.AddAsync(path, Id, backup.Packing.EncodingOf(Encodings.Output), RunAsync, cancellationToken).ConfigureAwait(false);
        return new SourceCopy
        {
            // What a command reads, and how, is its own business.
            Consistent = true,
            Target = folder,
            Tools = new Dictionary<string, string> { [Id] = command.Run[0] },
            RestoreCommands = command.Restore.Count == 0
                ? [$"# {ShellText.Unpack(file)} gives what {Id} wrote; the definition says nothing of how to restore it."]
                : [$"{ShellText.Unpack(file)} | (cd {ShellText.Quote(folder)} && {string.Join(' ', command.Restore.Select(ShellText.Quote))})"],
        };

        async Task RunAsync(Stream output, CancellationToken token)
        {
            using var watched = new WatchedStream(output, context.Progress);
            var result = await host.StreamAsync(HostCommand.In(folder, command.Run), null, watched, token).ConfigureAwait(false);
            if (!result.Succeeded)
                throw new AppException(ErrorIds.BackupFailed, Failed(command.Run[0], result), Id);
        }
    }

    /// <summary>Why a command counts as failed, with the end of what it complained about.</summary>
    internal static string Failed(string name, CommandResult result)
    {
        var told = result.Error.Trim();
        var reason = told.Length == 0 ? "" : $": {(told.Length > 500 ? "…" + told[^500..] : told)}";
        return string.Create(CultureInfo.InvariantCulture, $"The command {name} ended with exit code {result.ExitCode}{reason}");
    }
}
