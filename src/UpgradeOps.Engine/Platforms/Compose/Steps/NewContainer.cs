using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Engine.Platforms.Compose.Steps;

/// <summary>A container that an update made.</summary>
/// <param name="Restart">What the compose file wants the engine to do when it ends; in force from its start on.</param>
internal sealed record NewContainer(string Id, string Service, RestartPolicy Restart);
