using System.Formats.Tar;
using System.Text;
using UpgradeOps.Engine.Backups.Archives;
using UpgradeOps.Engine.Backups.Volumes;

namespace UpgradeOps.Engine.Tests.Backups.Fakes;

/// <summary>Volumes in memory: a name and text for each file. Unpacking may end after any file.</summary>
internal sealed class FakeVolumes(Killer? killer = null) : IVolumes
{
    private readonly Killer _killer = killer ?? new Killer();

    public SortedDictionary<string, SortedDictionary<string, string>> Content { get; } = [];

    public bool WrittenTo { get; set; }

    public string Root => "volume";

    public Task<string> ResolveAsync(string declared, CancellationToken cancellationToken) =>
        Content.ContainsKey(declared) ? Task.FromResult(declared) : throw new AppException(ErrorIds.BackupFailed, $"There is no volume '{declared}'.", declared);

    public Task<bool> ExistsAsync(string volume, CancellationToken cancellationToken) => Task.FromResult(Content.ContainsKey(volume));

    public Task<bool> IsWrittenToAsync(string volume, CancellationToken cancellationToken) => Task.FromResult(WrittenTo);

    public Task<long?> SizeAsync(string volume, CancellationToken cancellationToken) => Task.FromResult<long?>(Content[volume].Values.Sum(v => (long)v.Length));

    public Task CreateAsync(string volume, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken) =>
        _killer.EffectAsync(() => Task.FromResult(Content.TryAdd(volume, [])));

    public Task RemoveAsync(string volume, CancellationToken cancellationToken) =>
        Content.ContainsKey(volume) ? _killer.EffectAsync(() => Task.FromResult(Content.Remove(volume))) : Task.CompletedTask;

    public async Task<ChangeNotes> ReadAsync(string volume, Stream tar, CancellationToken cancellationToken)
    {
        await using var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true);
        await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "volume/"), cancellationToken);
        foreach (var (name, text) in Content[volume])
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "volume/" + name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) }, cancellationToken);
        return new ChangeNotes();
    }

    public async Task WriteAsync(string volume, Stream tar, CancellationToken cancellationToken)
    {
        await using var reader = new TarReader(tar, leaveOpen: true);
        while (await reader.GetNextEntryAsync(copyData: true, cancellationToken) is { } entry)
        {
            if (entry.EntryType != TarEntryType.RegularFile)
                continue;
            var text = entry.DataStream is null ? "" : await new StreamReader(entry.DataStream).ReadToEndAsync(cancellationToken);
            await _killer.EffectAsync(() => Task.FromResult(Content[volume][entry.Name["volume/".Length..]] = text));
        }
    }

    public async Task EmptyAsync(string volume, CancellationToken cancellationToken)
    {
        foreach (var file in Content[volume].Keys.ToList())
            await _killer.EffectAsync(() => Task.FromResult(Content[volume].Remove(file)));
    }
}
