using System.Reflection;
using System.Runtime.Loader;

namespace UpgradeOps.PowerShell.Bridge;

/// <summary>
/// Lets this assembly, which PowerShell loads into the default context, find the engine in its own. Set once for the process
/// and never taken away: other runspaces may still use the module when one of them removes it.
/// </summary>
internal static class EngineBridge
{
    private const string Engine = "UpgradeOps.Engine";

    private static readonly Lazy<EngineLoadContext> Context = new(() => new EngineLoadContext(
        Path.Combine(Path.GetDirectoryName(typeof(EngineBridge).Assembly.Location)!, "deps")));

    private static int hooked;

    public static void Hook()
    {
        if (Interlocked.Exchange(ref hooked, 1) == 0)
            AssemblyLoadContext.Default.Resolving += Resolve;
    }

    private static Assembly? Resolve(AssemblyLoadContext asking, AssemblyName name) =>
        name.Name == Engine ? Context.Value.LoadFromAssemblyName(name) : null;
}
