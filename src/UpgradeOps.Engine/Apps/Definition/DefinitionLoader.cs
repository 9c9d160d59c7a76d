using System.Text;
using UpgradeOps.Engine.Apps.Definition.Binding;
using UpgradeOps.Engine.Apps.Definition.Reading;
using UpgradeOps.Engine.Apps.Definition.Yaml;

namespace UpgradeOps.Engine.Apps.Definition;

/// <summary>Reads a definition file (YAML, UTF-8) and refuses anything in it that is wrong, unknown or not acted on.</summary>
internal static class DefinitionLoader
{
    private const int LargestFile = 256 * 1024;

    /// <exception cref="AppException">
    /// <see cref="ErrorIds.DefinitionNotFound"/>, <see cref="ErrorIds.HostFileFailed"/>, or the first problem's
    /// <see cref="ErrorIds.DefinitionInvalid"/>, <see cref="ErrorIds.DefinitionUnknownKey"/> or <see cref="ErrorIds.DefinitionNotImplemented"/>.
    /// </exception>
    public static async Task<AppDefinition> LoadAsync(string path, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(path);
        byte[] bytes;
        try
        {
            if (!File.Exists(full))
                throw new AppException(ErrorIds.DefinitionNotFound, $"There is no definition {full}.", full);
            if (new FileInfo(full).Length > LargestFile)
                throw new AppException(ErrorIds.DefinitionInvalid, $"{full} has more than {LargestFile / 1024} KiB: that is no definition.", full);
            bytes = await File.ReadAllBytesAsync(full, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AppException(ErrorIds.HostFileFailed, $"The definition {full} cannot be read: {e.Message}", full, "Make the file readable for this user.", e);
        }

        return Parse(bytes, full);
    }

    /// <param name="fullPath">Absolute; relative paths in the definition start from its folder.</param>
    public static AppDefinition Parse(ReadOnlySpan<byte> bytes, string fullPath)
    {
        var problems = new Problems(fullPath);
        var root = NodeReader.Read(Decode(bytes, problems), problems);
        if (root is null)
        {
            if (!problems.Any)
                problems.Add(new Position(1, 1), "", "the file holds no definition", "Begin with 'schema: upgradeops/v1'.");
            problems.ThrowIfAny();
        }

        var definition = Section.Open(root!, "", DefinitionKeys.Root, problems) is { } section
            ? AppBinding.Bind(section, fullPath)
            : null;
        problems.ThrowIfAny();
        return definition!;
    }

    private static string Decode(ReadOnlySpan<byte> bytes, Problems problems)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            var line = 1 + bytes[..Math.Clamp(e.Index, 0, bytes.Length)].Count((byte)'\n');
            problems.Add(new Position(line, 1), "", "these bytes are not UTF-8", "Save the file as UTF-8.");
            return "";
        }
    }
}
