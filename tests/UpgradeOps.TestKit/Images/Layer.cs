namespace UpgradeOps.TestKit;

/// <summary>One layer of an image as a gzip file: the digest names the compressed bytes, the diff id the tar inside.</summary>
public sealed record Layer(string Path, string Digest, string DiffId, long Size);
