using System.Text.RegularExpressions;

namespace UpgradeOps.TestKit;

/// <summary>The libraries that programs load, as <c>ldd</c> finds them, the loader included.</summary>
internal static partial class SharedLibraries
{
    public static async Task<IReadOnlyList<string>> OfAsync(params string[] programs)
    {
        // ldd says no for a static program among others; what it found still counts.
        var found = await Command.RunAsync("ldd", programs);
        return [.. LibraryPath().Matches(found.Output).Select(m => m.Groups[1].Value).Distinct().Order()];
    }

    [GeneratedRegex(@"^\s+(?:\S+ => )?(/\S+) \(0x", RegexOptions.Multiline)]
    private static partial Regex LibraryPath();
}
