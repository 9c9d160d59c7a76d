namespace UpgradeOps.TestKit;

/// <summary>Looks a program up on PATH and where Debian keeps servers.</summary>
public static class ProgramPath
{
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Concat(["/usr/sbin", "/sbin"])
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    public static string Get(string program) =>
        Find(program) ?? throw new FileNotFoundException($"{program} is not installed");
}
