using System.Management.Automation;

namespace UpgradeOps.PowerShell.Bridge;

/// <summary>Runs at each import, before any cmdlet. PowerShell lists public types earlier, so none of them may need the engine to be listed.</summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    public void OnImport() => EngineBridge.Hook();
}
