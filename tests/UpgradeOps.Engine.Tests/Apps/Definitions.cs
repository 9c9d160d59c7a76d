using System.Text;
using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Tests.Apps;

/// <summary>Definitions for tests: the repository's samples, and texts.</summary>
internal static class Definitions
{
    /// <summary>The path that texts are said to stand at.</summary>
    public const string File = "/srv/app/upgrade.yaml";

    public static IEnumerable<string> SampleFiles => Directory.EnumerateFiles(Path.Combine(Repository(), "samples"), "*.yaml").Order();

    public static string Sample(string name) => Path.Combine(Repository(), "samples", name);

    public static string Repository()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (System.IO.File.Exists(Path.Combine(folder, "UpgradeOps.sln")))
                return folder;
        }

        throw new InvalidOperationException($"No UpgradeOps.sln above {AppContext.BaseDirectory}.");
    }

    public static AppDefinition Parse(string yaml) => DefinitionLoader.Parse(Encoding.UTF8.GetBytes(yaml), File);

    public static AppError Refused(string yaml) => Assert.Throws<AppException>(() => Parse(yaml)).Error;

    /// <summary>A whole definition; a test replaces or adds lines.</summary>
    public const string Compose = """
        schema: upgradeops/v1
        name: kmp
        platform:
          compose:
            directory: /opt/kmp
            service: app
            version: { env-file: .env, variable: TAG }
        releases:
          image: ghcr.io/owner/kmp
          channels: { release: latest }
        databases:
          main:
            engine: mariadb
            at: { service: db }
            name: kmp
            user: root
            password: env:DB_PASSWORD
        """;

    public const string Service = """
        schema: upgradeops/v1
        name: notes
        platform:
          service:
            directory: app
            command: [./notes]
        releases:
          folder: incoming
        """;
}
