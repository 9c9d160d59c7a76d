namespace UpgradeOps.Engine.Hosts;

/// <summary>Makes a TCP connection, from wherever that is.</summary>
/// <param name="host">A name or an IP address, as it is seen from there.</param>
internal delegate ValueTask<Stream> Dial(string host, int port, CancellationToken cancellationToken);
