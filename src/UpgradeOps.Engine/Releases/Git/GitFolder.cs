using System.Globalization;
using System.Text;

namespace UpgradeOps.Engine.Releases.Git;

/// <summary>What git tells of a folder of a commit.</summary>
internal static class GitFolder
{
    /// <summary>From <see cref="GitScripts.Folder"/>: the files alone. What has a name that is no text is left out, with links and submodules.</summary>
    public static IReadOnlyList<(string Name, long Size)> List(string output) =>
    [
        .. from line in output.Split('\0', StringSplitOptions.RemoveEmptyEntries)
           let name = line[(line.IndexOf('\t', StringComparison.Ordinal) + 1)..]
           let parts = line.Split('\t', 2)[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)
           where parts is ["100644" or "100755", "blob", _, _] && !name.Contains('\ufffd', StringComparison.Ordinal)
           select (name, long.Parse(parts[3], CultureInfo.InvariantCulture)),
    ];

    /// <summary>From <see cref="GitScripts.Files"/>: contents by name.</summary>
    public static IReadOnlyDictionary<string, byte[]> Read(ReadOnlySpan<byte> output)
    {
        var files = new Dictionary<string, byte[]>();
        while (output.Length > 0)
        {
            var size = int.Parse(Field(ref output), CultureInfo.InvariantCulture);
            var name = Field(ref output);
            files[name] = output[..size].ToArray();
            output = output[size..];
        }

        return files;
    }

    private static string Field(ref ReadOnlySpan<byte> output)
    {
        var end = output.IndexOf((byte)0);
        var field = Encoding.UTF8.GetString(output[..end]);
        output = output[(end + 1)..];
        return field;
    }
}
