using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Backups.Format;
using UpgradeOps.Engine.Backups.Sources;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Backups.Streams;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Backups.Raft;

/// <summary>The raft storage of a Vault or an OpenBao, as its own snapshot: of one moment, encrypted by the server, and checked against its own sums as it comes.</summary>
internal sealed class RaftSource(RaftSourceDefinition raft, ISecretResolver secrets, Dial? dial = null) : IBackupSource
{
    public const string Prefix = "raft:";

    private readonly RaftStorage _storage = new(raft, secrets, dial);

    public string Id => Prefix + raft.Name;

    public int Rank => 0;

    public Task<long?> EstimateAsync(CancellationToken cancellationToken) => Task.FromResult<long?>(null);

    public async Task<IReadOnlyList<Finding>> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _storage.CheckAsync(cancellationToken).ConfigureAwait(false);
            return [];
        }
        catch (AppException e)
        {
            return [Findings.Blocker(e.Error, Id)];
        }
    }

    public async Task<SourceCopy> CopyAsync(PartialBackup backup, SourceContext context, CancellationToken cancellationToken)
    {
        var file = await backup.AddAsync($"raft/{raft.Name}.snap", Id, Encodings.Raft, WriteAsync, cancellationToken).ConfigureAwait(false);
        return new SourceCopy
        {
            Consistent = true,
            Target = raft.Address,
            Notes = [$"{Id}: the snapshot is encrypted; after a restore into another installation it is unsealed with the keys of this one."],
            RestoreCommands =
            [
                $"# A token of {raft.Address} that may update sys/storage/raft/snapshot-force:",
                "read -rs TOKEN",
                // The header comes from standard input, so that the token stands on no command line.
                $"printf 'X-Vault-Token: %s\\n' \"$TOKEN\" | curl -fsS -H @- -X POST --data-binary @{ShellText.Quote(file.Path)} {ShellText.Quote($"{raft.Address.TrimEnd('/')}/v1/sys/storage/raft/snapshot-force")}",
            ],
        };

        Task WriteAsync(Stream output, CancellationToken token) => Relay.RunAsync(
            async (relayed, inner) =>
            {
                using var watched = new WatchedStream(output, context.Progress);
                await _storage.SaveAsync(new DoubledStream(watched, relayed), inner).ConfigureAwait(false);
            },
            CheckAsync,
            token);

        async Task CheckAsync(Stream snapshot, CancellationToken token)
        {
            try
            {
                await RaftSnapshot.CheckAsync(snapshot, token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
            {
                throw new AppException(ErrorIds.BackupFailed, $"The snapshot of {raft.Address} did not come whole: {e.Message.TrimEnd('.')}.", Id, inner: e);
            }
        }
    }
}
