namespace UpgradeOps.Cli.Output;

internal enum ProgressStyle
{
    Text,
    Json,
    None,
}
