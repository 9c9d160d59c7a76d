using System.Collections;
using System.Management.Automation;
using System.Net;
using System.Security;
using UpgradeOps.PowerShell.Async;

namespace UpgradeOps.PowerShell.Commands.Bases;

/// <summary>Reads <c>secret:NAME</c> references from the vaults that the module SecretManagement knows, where it is installed.</summary>
internal sealed class SecretVault(AsyncCmdlet cmdlet)
{
    private const string Command = "Get-Secret";

    /// <returns>Null when no vault has a secret of that name.</returns>
    public async Task<string?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (value, error) = await cmdlet.OnPipelineAsync(() => Ask(name));
        return error is null ? value : throw error;
    }

    /// <summary>Its own errors belong to the work that asked, and must not break the pipeline.</summary>
    private (string? Value, AppException? Error) Ask(string name)
    {
        if (cmdlet.InvokeCommand.GetCommand(Command, CommandTypes.All) is null)
            return (null, Failed(name, "the module Microsoft.PowerShell.SecretManagement is not installed", null));

        try
        {
            // The name is an argument of a script block: never part of a script's text.
            var found = cmdlet.InvokeCommand.InvokeScript(
                useLocalScope: true, ScriptBlock.Create($"param($name) {Command} -Name $name -ErrorAction Stop"), null, name);
            return (found.Count == 0 ? null : Text(found[0]?.BaseObject), null);
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            return (null, Failed(name, e.Message, e));
        }
    }

    private static string? Text(object? secret) => secret switch
    {
        SecureString secure => new NetworkCredential("", secure).Password,
        PSCredential credential => credential.GetNetworkCredential().Password,
        string plain => plain,
        Hashtable or byte[] or null => null,
        _ => secret.ToString(),
    };

    private static AppException Failed(string name, string why, Exception? cause) => new(
        ErrorIds.SecretNotFound,
        $"The secret '{name}' could not be read from a vault: {why}.",
        $"secret:{name}",
        $"Get-SecretInfo {name} shows whether a vault has it; Set-Secret {name} stores it.",
        cause);
}
