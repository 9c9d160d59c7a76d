using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Platforms.Generate;

/// <summary>A value that is missing where it belongs, while something that was started with it is still here.</summary>
/// <param name="By">What has it, for a person.</param>
/// <param name="Command">What shows it to a person, who may then put it where it belongs.</param>
internal sealed record ValueInUse(GenerateDefinition Entry, string By, string Command);
