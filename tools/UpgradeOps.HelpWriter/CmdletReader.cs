using System.Reflection;
using System.Runtime.Loader;

namespace UpgradeOps.HelpWriter;

/// <summary>Reads cmdlets from an assembly without running any of its code: only attributes' arguments, as they were written.</summary>
internal static class CmdletReader
{
    private const string Automation = "System.Management.Automation.";

    /// <param name="folders">Where the assemblies are that it refers to.</param>
    public static IReadOnlyList<Cmdlet> Read(string assembly, IReadOnlyList<string> folders)
    {
        var context = new AssemblyLoadContext("cmdlets", isCollectible: true);
        context.Resolving += (self, name) => folders
            .Select(f => Path.GetFullPath(Path.Combine(f, name.Name + ".dll")))
            .Where(File.Exists)
            .Select(self.LoadFromAssemblyPath)
            .FirstOrDefault();
        var loaded = context.LoadFromAssemblyPath(Path.GetFullPath(assembly));
        return
        [
            .. from type in loaded.GetExportedTypes()
               let attribute = Find(type, "CmdletAttribute")
               where attribute is not null
               let cmdlet = Read(type, attribute)
               orderby cmdlet.Name
               select cmdlet,
        ];
    }

    private static Cmdlet Read(Type type, CustomAttributeData cmdlet) => new(
        (string)cmdlet.ConstructorArguments[0].Value!,
        (string)cmdlet.ConstructorArguments[1].Value!,
        Named(cmdlet, "SupportsShouldProcess") is true,
        Named(cmdlet, "DefaultParameterSetName") as string ?? "",
        [
            .. All(type, "OutputTypeAttribute")
                .SelectMany(o => (IEnumerable<CustomAttributeTypedArgument>)o.ConstructorArguments[0].Value!)
                .Select(a => ((Type)a.Value!).FullName!),
        ],
        [
            .. from property in type.GetProperties()
               where Find(property, "ParameterAttribute") is not null
               orderby property.Name
               select Read(property),
        ]);

    private static CmdletParameter Read(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var element = type.IsArray ? type.GetElementType()! : type;
        return new CmdletParameter(
            property.Name,
            Short(element) + (type.IsArray ? "[]" : ""),
            type.Name == "SwitchParameter",
            type.IsArray,
            Find(property, "SupportsWildcardsAttribute") is not null,
            [.. All(property, "AliasAttribute").SelectMany(a => (IEnumerable<CustomAttributeTypedArgument>)a.ConstructorArguments[0].Value!).Select(a => (string)a.Value!)],
            element.IsEnum ? Enum.GetNames(element) : [],
            All(property, "ParameterAttribute").ToDictionary(p => Named(p, "ParameterSetName") as string ?? "", Use));
    }

    private static ParameterUse Use(CustomAttributeData parameter) => new(
        Named(parameter, "Mandatory") is true,
        Named(parameter, "Position") as int?,
        Named(parameter, "ValueFromPipeline") is true,
        Named(parameter, "ValueFromPipelineByPropertyName") is true);

    private static string Short(Type type) => type.Namespace is "System" or "System.Management.Automation" ? type.Name : type.FullName!;

    private static object? Named(CustomAttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(a => a.MemberName == name).TypedValue.Value;

    private static CustomAttributeData? Find(MemberInfo member, string name) => All(member, name).FirstOrDefault();

    private static IEnumerable<CustomAttributeData> All(MemberInfo member, string name) =>
        member.GetCustomAttributesData().Where(a => a.AttributeType.FullName == Automation + name);
}
