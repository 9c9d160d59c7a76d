using System.Security.Cryptography;

namespace UpgradeOps.TestKit;

/// <summary>Makes the test application's images: a root with the database clients, the program, and one release's file.</summary>
public static class KmpImage
{
    public const string Repository = "jhandel/kmp";
    public const int Port = 8080;
    private const int User = 1000;

    private static readonly Lazy<Task<IReadOnlyList<Layer>>> Base = new(BuildBaseAsync);

    public static async Task<Image> BuildAsync(KmpRelease release, bool oci = false, string architecture = "amd64")
    {
        var layer = new LayerBuilder().File("/app/kmp.conf", release.ToConfiguration());
        // As the framework of the real application has them: for who looks into the image; the program has its own list.
        foreach (var migration in release.Migrations)
            layer.File($"/app/config/Migrations/{migration.Version}_{migration.FileName}.php", $"<?php // {migration.Sql}\n");
        var configuration = await layer.BuildAsync($"kmp-{release.Version}");
        return new Image([.. await Base.Value, configuration], Settings(release) with { Architecture = architecture }, oci);
    }

    /// <summary>What all releases have in common, as an image of its own.</summary>
    internal static async Task<Image> BuildCommonAsync() => new(await Base.Value, new ImageSettings());

    private static ImageSettings Settings(KmpRelease release) => new()
    {
        Entrypoint = ["/app/kmp"],
        User = $"{User}:{User}",
        Port = Port,
        Labels = new Dictionary<string, string>
        {
            ["org.opencontainers.image.title"] = "KMP",
            ["org.opencontainers.image.version"] = release.Version,
            ["org.opencontainers.image.source"] = "https://github.com/jhandel/KMP",
            ["org.opencontainers.image.revision"] = $"{release.Build:x8}",
        },
    };

    private static async Task<IReadOnlyList<Layer>> BuildBaseAsync()
    {
        var root = await BusyBox.RootAsync(("kmp", User));
        await root.ProgramsAsync(PostgresImage.Program("psql"), ProgramPath.Get("mariadb"));
        root.Link("/usr/bin/psql", PostgresImage.Program("psql"));
        var program = new LayerBuilder()
            .HostFile(await CompileAsync(), "/app/kmp")
            .Folder("/data", owner: User);
        return [await root.BuildAsync("kmp-root"), await program.BuildAsync("kmp-app")];
    }

    private static async Task<string> CompileAsync()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "images", "kmp");
        var sources = Directory.GetFiles(folder).Order().ToArray();
        var key = Convert.ToHexStringLower(SHA256.HashData([.. sources.SelectMany(File.ReadAllBytes)]))[..16];
        return await Cache.FileAsync($"kmp-{key}", async draft =>
        {
            string[] code = [.. sources.Where(s => s.EndsWith(".c", StringComparison.Ordinal))];
            await Command.OutputAsync("gcc", ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-s", "-o", draft, .. code]);
            // The layer's identity holds the time of its files; a fixed one keeps the digest the same everywhere.
            File.SetLastWriteTimeUtc(draft, DateTime.UnixEpoch);
        });
    }
}
