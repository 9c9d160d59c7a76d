using System.Formats.Tar;
using UpgradeOps.Engine.Backups.Dumps;
using UpgradeOps.Engine.Backups.Stores;
using UpgradeOps.Engine.Databases.PostgreSql;
using UpgradeOps.Engine.Databases.Tools;
using UpgradeOps.Integration.Databases;

namespace UpgradeOps.Integration.Backups;

/// <summary>Everything that holds for a backup of a database, of one that several connections dump at once.</summary>
public sealed class PostgresFolderBackupTests(PostgresFixture server) : DatabaseBackupTests(server), IClassFixture<PostgresFixture>
{
    private readonly PostgresFixture _server = server;

    private protected override int? Jobs => 2;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_folder_of_the_tool_is_in_the_backup_and_nothing_is_left_beside_the_tool(bool inContainer)
    {
        Needs.Parts(DatabaseFixture.Parts);
        if (inContainer)
            await _server.Container.ExecAsync("sh", "-c", "mkdir -p /tmp/upgradeops-dump.99999999.abc/dump && echo remains > /tmp/upgradeops-dump.99999999.abc/dump/toc.dat");
        var (room, database) = await OpenAsync(inContainer);
        var backup = await BackUpAsync(room);
        var file = Assert.Single(new FolderBackupStore(InFolder("backups")).Read(backup.BackupId).Files);
        Assert.StartsWith("pg-folder+", file.Encoding, StringComparison.Ordinal);
        var listed = await new Command("bash", "-euo", "pipefail", "-c", $"{(file.Encoding.EndsWith("zstd", StringComparison.Ordinal) ? "zstd -dcq" : "gunzip -c")} {file.Path} | tar -xf - -C . && pg_restore --list .") { Folder = backup.Location }.RunAsync(Token);
        Assert.Contains("TABLE DATA public marker", listed.Output, StringComparison.Ordinal);
        if (inContainer)
            Assert.Equal("", (await _server.Container.ExecAsync("sh", "-c", "ls -d /tmp/upgradeops-dump.* 2>/dev/null; true")).Expect("ls").Trim());
    }

    [Fact]
    public async Task Where_there_is_no_room_for_it_that_is_said_before_anything_is_written()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var command = new PostgresCommands(new ServerAddress("127.0.0.1", 1), "nobody").DumpFolder("kmp", 2, 1L << 50);
        using var output = new MemoryStream();
        var result = await _server.InContainer().RunAsync(command, null, output, Token);
        var e = PostgresFailure.Recognise(new ToolFailure(command.Name, "the container", result.ExitCode, result.Error));
        Assert.Equal((ErrorIds.DiskTooFull, 0), (e.ErrorId, output.Length));
        Assert.Contains("1073741841 MiB", e.Message, StringComparison.Ordinal);
        Assert.Contains("remove 'jobs:'", e.Error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_archives_of_a_database_tell_the_same_rows_and_values_and_a_damaged_one_is_found()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (_, database) = await OpenAsync();
        using var custom = new MemoryStream();
        using var folder = new MemoryStream();
        await database.DumpAsync(custom, Token);
        await database.DumpFolderAsync(folder, 2, packed: false, Token);
        var whole = folder.ToArray();
        var (one, other) = (Read(new PostgresArchiveReader(), custom.ToArray()), Read(new PostgresFolderReader(), whole));
        Assert.Null(other.Problem);
        Assert.Contains($"of database {database.Name}", other.Kind, StringComparison.Ordinal);
        Assert.Equal(one.Rows!.OrderBy(t => t.Key), other.Rows!.OrderBy(t => t.Key));
        Assert.Equal(one.Checksums!.OrderBy(t => t.Key), other.Checksums!.OrderBy(t => t.Key));

        // Behind its last entry there are only zeros, more than it needs.
        var random = new Random(20261121);
        var end = Array.FindLastIndex(whole, static b => b != 0);
        Assert.All(Enumerable.Range(0, 40), _ => Assert.NotNull(Read(new PostgresFolderReader(), whole[..random.Next(end)]).Problem));
        var files = await FilesAsync(whole);
        Assert.Contains(files, f => f.StartsWith("blob_", StringComparison.Ordinal));
        foreach (var missing in files)
            Assert.Contains(missing, Read(new PostgresFolderReader(), await WithoutAsync(whole, missing)).Problem, StringComparison.Ordinal);
        Assert.NotNull(Read(new PostgresFolderReader(), "no archive at all"u8.ToArray()).Problem);
        Assert.NotNull(Read(new PostgresFolderReader(), []).Problem);
    }

    private static DumpFacts Read(IDumpReader reader, byte[] content)
    {
        foreach (var piece in content.Chunk(1000))
            reader.Feed(piece);
        return reader.Finish();
    }

    private static async Task<List<string>> FilesAsync(byte[] tar)
    {
        var files = new List<string>();
        await using var reader = new TarReader(new MemoryStream(tar));
        while (await reader.GetNextEntryAsync(cancellationToken: Token) is { } entry)
        {
            if (entry.EntryType != TarEntryType.Directory)
                files.Add(Path.GetFileName(entry.Name));
        }

        return files;
    }

    private static async Task<byte[]> WithoutAsync(byte[] tar, string name)
    {
        var output = new MemoryStream();
        await using (var reader = new TarReader(new MemoryStream(tar)))
        await using (var writer = new TarWriter(output, leaveOpen: true))
        {
            while (await reader.GetNextEntryAsync(copyData: true, Token) is { } entry)
            {
                if (Path.GetFileName(entry.Name) != name)
                    await writer.WriteEntryAsync(entry, Token);
            }
        }

        return output.ToArray();
    }
}
