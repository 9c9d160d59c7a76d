using System.Text;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets.Dotenv;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Engine.Apps.Secrets;

/// <summary>Finds secrets where a definition's references point: this process, files of the application's host, the face's vault.</summary>
/// <param name="directory">Absolute; relative paths in references start here.</param>
internal sealed class SecretResolver(string directory, IHostFiles files, EngineOptions options, Redaction redaction) : ISecretResolver
{
    private const int LargestFile = 1024 * 1024;

    public static SecretResolver For(AppDefinition definition, IHostFiles files, EngineOptions options, Redaction redaction) =>
        new(definition.Platform.Directory, files, options, redaction);

    public async Task<string> ResolveAsync(string reference, CancellationToken cancellationToken)
    {
        if (!SecretReference.TryParse(reference, out var parsed))
            throw new AppException(ErrorIds.DefinitionInvalid, "A password field holds something that is no reference to a secret.", null, "Write env:NAME, env-file:<path>#VARIABLE, file:<path> or secret:NAME.");

        var secret = parsed.Scheme switch
        {
            SecretScheme.Environment => Environment.GetEnvironmentVariable(parsed.Name)
                ?? throw Missing(parsed, $"the environment has no variable {parsed.Name}", $"Set {parsed.Name} in the environment that UpgradeOps runs in."),
            SecretScheme.EnvironmentFile => await FromEnvFileAsync(parsed, cancellationToken).ConfigureAwait(false),
            SecretScheme.File => Decode(parsed, await ReadAsync(parsed, cancellationToken).ConfigureAwait(false)).TrimEnd('\r', '\n'),
            _ => await FromVaultAsync(parsed, cancellationToken).ConfigureAwait(false),
        };
        if (secret.Length == 0)
            throw Missing(parsed, "it is empty", "Give it a value.");

        redaction.Remember(secret);
        return secret;
    }

    private async Task<string> FromEnvFileAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        var text = Decode(reference, await ReadAsync(reference, cancellationToken).ConfigureAwait(false));
        try
        {
            return EnvFile.Parse(text, Environment.GetEnvironmentVariable).GetValueOrDefault(reference.Name)
                ?? throw Missing(reference, $"{PathOf(reference)} has no variable {reference.Name}", $"Add {reference.Name}=… to the file, or correct the reference.");
        }
        catch (FormatException e)
        {
            throw Missing(reference, $"{PathOf(reference)} cannot be read as an environment file: {e.Message}", "Mend that line.");
        }
    }

    private async Task<string> FromVaultAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        if (options.SecretVault is not { } vault)
            throw Missing(reference, "there is no vault here", "Run it in PowerShell with a registered vault (Get-SecretVault), or use env:, env-file: or file:.");
        try
        {
            return await vault(reference.Name, cancellationToken).ConfigureAwait(false)
                ?? throw Missing(reference, $"the vault has no secret {reference.Name}", $"Add it with Set-Secret -Name {reference.Name}.");
        }
        catch (Exception e) when (e is not (AppException or OperationCanceledException))
        {
            // The vault's own words may hold anything: only the type is told.
            throw Missing(reference, $"the vault failed with {e.GetType().Name}", "Try Get-Secret in the same session.");
        }
    }

    private async Task<byte[]> ReadAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        var path = PathOf(reference);
        var stat = await files.StatAsync(path, cancellationToken).ConfigureAwait(false);
        if (stat is null || stat.IsFolder)
            throw Missing(reference, $"there is no file {path}", "Create the file, or correct the reference; a relative path starts from the platform's directory.");
        if (stat.Size > LargestFile)
            throw Missing(reference, $"{path} is too large to hold a secret", "Correct the reference.");
        return await files.ReadAsync(path, cancellationToken).ConfigureAwait(false)
            ?? throw Missing(reference, $"there is no file {path}", "Create the file, or correct the reference.");
    }

    private static string Decode(SecretReference reference, byte[] bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Missing(reference, "the file is not UTF-8 text", "Save it as UTF-8.");
        }
    }

    private string PathOf(SecretReference reference) => HostPath.Absolute(reference.Path, directory);

    private static AppException Missing(SecretReference reference, string why, string action) =>
        new(ErrorIds.SecretNotFound, $"The secret {reference} was not found: {why}.", reference.ToString(), action);
}
