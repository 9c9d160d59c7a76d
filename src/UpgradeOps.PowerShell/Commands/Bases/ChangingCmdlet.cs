using System.Management.Automation;
using System.Management.Automation.Host;

namespace UpgradeOps.PowerShell.Commands.Bases;

/// <summary>A cmdlet that changes something, and asks before it does where somebody is there to be asked.</summary>
public abstract class ChangingCmdlet : EngineCmdlet
{
    /// <summary>Tells what will be done (<c>-WhatIf</c>), asks (<c>-Confirm</c>, or its impact is high) or just goes on.</summary>
    /// <param name="description">What will be done; may have several lines.</param>
    /// <param name="force">True answers what only a person would be asked; an explicit <c>-Confirm</c> still asks.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.ConfirmationNeeded"/>: it must be asked, and nobody is there.</exception>
    private protected async Task<Approval> AskAsync(string description, bool force, string name)
    {
        var (approval, hostFault) = await OnPipelineAsync(() => Ask(description, force));
        return hostFault is null
            ? approval
            : throw new AppException(
                ErrorIds.ConfirmationNeeded,
                $"{MyInvocation.MyCommand.Name} asks before it goes on, and this session cannot ask. Nothing was changed.",
                name,
                inner: hostFault);
    }

    /// <summary>
    /// Asks what <c>-Confirm:$false</c> does not answer: a person's word about data.
    /// </summary>
    /// <returns><see cref="Approval.Given"/> where nobody can be asked: then it is not said, and the engine refuses with the exact command.</returns>
    private protected Task<Approval> AskConsentAsync(string description, string question) => OnPipelineAsync(() =>
    {
        try
        {
            return ShouldContinue(description, question) ? Approval.Asked : Approval.Refused;
        }
        catch (Exception e) when (e is PSInvalidOperationException or HostException or NotImplementedException)
        {
            return Approval.Given;
        }
    });

    /// <summary>On the pipeline's thread. A host that cannot ask is the work's error, not the pipeline's end.</summary>
    private (Approval Approval, Exception? HostFault) Ask(string description, bool force)
    {
        if (force && !IsWhatIf && !IsBound("Confirm"))
            return (Approval.Given, null);

        try
        {
            if (!ShouldProcess(description, description, MyInvocation.MyCommand.Name))
                return (Approval.Refused, null);
            return (WouldAsk ? Approval.Asked : Approval.Given, null);
        }
        catch (Exception e) when (e is PSInvalidOperationException or HostException or NotImplementedException)
        {
            return (Approval.Refused, e);
        }
    }

    /// <summary>To be asked on the pipeline's thread.</summary>
    private protected bool IsWhatIf => IsBound("WhatIf") ? IsTrue(MyInvocation.BoundParameters["WhatIf"]) : IsTrue(GetVariableValue("WhatIfPreference"));

    /// <summary>Whether ShouldProcess puts the question to a person.</summary>
    private bool WouldAsk => IsBound("Confirm")
        ? IsTrue(MyInvocation.BoundParameters["Confirm"])
        : GetVariableValue("ConfirmPreference") is { } preference
            && LanguagePrimitives.TryConvertTo(preference, out ConfirmImpact least)
            && least != ConfirmImpact.None && Impact >= least;

    private ConfirmImpact Impact => GetType().GetCustomAttributes(typeof(CmdletAttribute), false) is [CmdletAttribute own]
        ? own.ConfirmImpact
        : ConfirmImpact.Medium;

    private bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private static bool IsTrue(object? value) => value switch
    {
        SwitchParameter set => set.IsPresent,
        _ => LanguagePrimitives.IsTrue(value),
    };
}

/// <summary>What came of asking.</summary>
internal enum Approval
{
    /// <summary>No, or only told what would be done.</summary>
    Refused,

    /// <summary>Nobody had to be asked.</summary>
    Given,

    /// <summary>A person read the description and said yes.</summary>
    Asked,
}
