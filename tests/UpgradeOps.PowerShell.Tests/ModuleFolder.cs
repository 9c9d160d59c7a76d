using System.Reflection;
using System.Reflection.PortableExecutable;
using System.Reflection.Metadata;
using UpgradeOps.HelpWriter;

namespace UpgradeOps.PowerShell.Tests;

/// <summary>out/UpgradeOps, as the build laid it out.</summary>
internal static class ModuleFolder
{
    private static readonly Dictionary<string, string> Built = typeof(ModuleFolder).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(a => a.Key, a => a.Value!);

    public static string Repository => Built["RepositoryRoot"];

    public static string Path { get; } = System.IO.Path.Combine(Repository, "out", "UpgradeOps");

    public static IReadOnlyList<Cmdlet> Cmdlets { get; } = CmdletReader.Read(File("UpgradeOps.dll"), [Built["PowerShellStandard"], Path, File("deps")]);

    public static string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public static IEnumerable<string> Files(string folder, string pattern) => Directory.GetFiles(File(folder), pattern).Select(f => System.IO.Path.GetFileName(f)!);

    /// <summary>Names and versions of the assemblies that one refers to.</summary>
    public static IReadOnlyList<AssemblyName> References(string path)
    {
        using var file = new PEReader(System.IO.File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetAssemblyReference(r).GetAssemblyName())];
    }

    /// <summary>The framework that it was built for, such as <c>.NETCoreApp,Version=v8.0</c>.</summary>
    public static string? Framework(string path)
    {
        using var file = new PEReader(System.IO.File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        return (from handle in metadata.GetAssemblyDefinition().GetCustomAttributes()
                let attribute = metadata.GetCustomAttribute(handle)
                where attribute.Constructor.Kind == HandleKind.MemberReference
                let type = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent
                where type.Kind == HandleKind.TypeReference
                    && metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)type).Name) == "TargetFrameworkAttribute"
                let value = metadata.GetBlobReader(attribute.Value)
                select ReadFirst(value)).FirstOrDefault();
    }

    private static string? ReadFirst(BlobReader value)
    {
        value.ReadUInt16(); // every attribute's blob begins with 0x0001
        return value.ReadSerializedString();
    }
}
