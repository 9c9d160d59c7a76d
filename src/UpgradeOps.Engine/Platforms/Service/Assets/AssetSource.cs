using UpgradeOps.Engine.Releases.GitHub;

namespace UpgradeOps.Engine.Platforms.Service.Assets;

/// <summary>Where release folders come from that are made of assets.</summary>
/// <param name="Downloads">A folder of this machine that takes an asset on its way to another one; null to take it beside the releases, where they are on this machine.</param>
internal sealed record AssetSource(GitHubAssets Assets, string? Downloads);
