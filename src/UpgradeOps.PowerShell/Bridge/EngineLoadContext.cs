using System.Reflection;
using System.Runtime.Loader;

namespace UpgradeOps.PowerShell.Bridge;

/// <summary>
/// Holds the engine and its packages apart from those of other modules. The model comes from the default context:
/// a second copy of it would be a different type of the same name.
/// </summary>
internal sealed class EngineLoadContext(string folder) : AssemblyLoadContext("UpgradeOps")
{
    private static readonly Assembly Model = typeof(App).Assembly;

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == Model.GetName().Name)
            return Model;

        // Null sends the question on to the default context, where the runtime's own assemblies are.
        var path = Path.Combine(folder, assemblyName.Name + ".dll");
        return string.IsNullOrEmpty(assemblyName.CultureName) && File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
