using System.Formats.Tar;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Integration.Databases;

namespace UpgradeOps.Integration.Backups;

/// <summary>Dumps that a real server's own tools made, restored in the place of a live database.</summary>
public sealed partial class PostgresBackupTests
{
    [Theory]
    [InlineData("pg_dumpall", ".sql", false)]
    [InlineData("pg_dumpall --clean | gzip", ".sql.gz", true)]
    [InlineData("pg_dump --create --clean -Fp -d {0}", ".sql", true)]
    [InlineData("pg_dump --create -Fp -d {0} | gzip", ".sql.gz", false)]
    [InlineData("pg_dump -Fp -d {0}", ".sql", false)]
    [InlineData("pg_dump -Fc -Z6 -d {0}", ".dump", false)]
    public async Task Whatever_pg_dump_and_pg_dumpall_write_is_restored_and_nothing_else_of_the_server_is_touched(string command, string extension, bool inContainer)
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (room, database) = await OpenAsync(inContainer);
        var other = Samples.PlainName();
        await _server.SqlAsync($"CREATE DATABASE {other};");
        await _server.SqlAsync("CREATE TABLE marker AS SELECT 'theirs' AS what;", other);
        var path = await MakeAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, command, database.Name), "dump" + extension);
        await _server.SqlAsync("UPDATE marker SET what = 'changed';", database.Name);
        await _server.SqlAsync("UPDATE marker SET what = 'since';", other);

        var operation = new Operation(room, await room.PlanRestoreFileAsync(path, null, Token));
        await operation.RunAsync();
        Assert.Equal("before", await WhatAsync(database, database.Name));
        Assert.Equal("since", await WhatAsync(database, other));
        await operation.UndoAsync();
        Assert.Equal("changed", await WhatAsync(database, database.Name));
        await _server.SqlAsync($"DROP DATABASE {other};");
    }

    [Theory]
    [InlineData("-Z6", false)]
    [InlineData("-Z0 -j2", true)]
    public async Task A_folder_of_pg_dump_is_restored_where_the_tools_run(string options, bool inContainer)
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (room, database) = await OpenAsync(inContainer);
        var folder = await FolderAsync(database.Name, options);
        var counted = await database.CountRowsAsync(database.Name, Token);
        await _server.SqlAsync("UPDATE marker SET what = 'changed';", database.Name);
        var operation = new Operation(room, await room.PlanRestoreFileAsync(folder, "main", Token));
        await operation.RunAsync();
        Assert.Equal("before", await WhatAsync(database, database.Name));
        Assert.Equal(counted, await database.CountRowsAsync(database.Name, Token));

        // Without one of its files it is refused, and the live one stays.
        File.Delete(Directory.EnumerateFiles(folder, "*.dat*").First(f => Path.GetFileName(f) != "toc.dat"));
        var half = new Operation(room, await room.PlanRestoreFileAsync(folder, "main", Token)) { Id = "20260401T000000000Z-beef" };
        await Assert.ThrowsAsync<AppException>(() => half.RunAsync());
        await half.UndoAsync();
        Assert.Equal("before", await WhatAsync(database, database.Name));
    }

    [Fact]
    public async Task A_text_of_another_server_without_this_database_is_refused_by_the_names_that_it_has()
    {
        Needs.Parts(DatabaseFixture.Parts);
        var (room, database) = await OpenAsync();
        var path = await MakeAsync("pg_dumpall", "all.sql");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, Token)).Replace(database.Name, "another_name", StringComparison.Ordinal), Token);
        var operation = new Operation(room, await room.PlanRestoreFileAsync(path, null, Token));
        var error = await Assert.ThrowsAsync<AppException>(() => operation.RunAsync());
        Assert.Contains($"has no database '{database.Name}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("another_name", error.Message, StringComparison.Ordinal);
        await operation.UndoAsync();
        Assert.Equal("before", await WhatAsync(database, database.Name));
    }

    private static async Task<string?> WhatAsync(IDatabase database, string name) => (await database.QueryAsync("SELECT what FROM marker", Token, name))[0][0];

    private async Task<string> MakeAsync(string pipeline, string name)
    {
        var path = InFolder(name);
        var done = await new Command("bash", "-euo", "pipefail", "-c", $"{{ {pipeline}; }} > '{path}'")
        {
            Environment = new Dictionary<string, string?>
            {
                ["PGHOST"] = _server.Container.Address, ["PGPORT"] = $"{_server.Container.Port}", ["PGUSER"] = _server.Container.User, ["PGPASSWORD"] = DatabaseContainer.Password,
            },
        }.RunAsync(Token);
        Assert.True(done.ExitCode == 0, done.Error);
        return path;
    }

    private async Task<string> FolderAsync(string database, string options)
    {
        var archive = await MakeAsync($"d=$(mktemp -d) && pg_dump -Fd {options} -f \"$d/dump\" -d {database} && tar -cf - -C \"$d/dump\" . && rm -r \"$d\"", "dump.tar");
        var folder = InFolder("dump");
        Directory.CreateDirectory(folder);
        await TarFile.ExtractToDirectoryAsync(archive, folder, overwriteFiles: true, Token);
        return folder;
    }
}
