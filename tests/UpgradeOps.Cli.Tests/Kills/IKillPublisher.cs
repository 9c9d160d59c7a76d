namespace UpgradeOps.Cli.Tests.Kills;

/// <summary>Where the releases of a <see cref="ServiceKillWorld"/> are published.</summary>
internal interface IKillPublisher : IAsyncDisposable
{
    /// <summary>What stands under <c>releases:</c> in the definition.</summary>
    string Releases { get; }

    /// <param name="folder">What the release is made of.</param>
    void Publish(string version, string folder);

    /// <param name="away">True: it gives nothing until it is told otherwise.</param>
    void Leave(bool away);
}
