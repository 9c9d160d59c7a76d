namespace UpgradeOps.Engine.Apps.Secrets;

/// <summary>Turns a secret reference of a definition into the secret, at the last moment before it is used.</summary>
internal interface ISecretResolver
{
    /// <param name="reference"><c>env:NAME</c>, <c>env-file:PATH#NAME</c>, <c>file:PATH</c> or <c>secret:NAME</c>.</param>
    /// <returns>The secret. It goes into no message, journal, log or argument.</returns>
    /// <exception cref="AppException"><see cref="ErrorIds.SecretNotFound"/>, naming the reference.</exception>
    Task<string> ResolveAsync(string reference, CancellationToken cancellationToken);
}
