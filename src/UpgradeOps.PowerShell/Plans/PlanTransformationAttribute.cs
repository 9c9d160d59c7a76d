using System.Management.Automation;
using UpgradeOps.Engine.Json;

namespace UpgradeOps.PowerShell.Plans;

/// <summary>
/// Takes a plan that has been elsewhere: from a job or CLIXML, where it lost its type, or as JSON. Anything that is no plan stays what it is,
/// because PowerShell also tries here whatever else comes down a pipeline.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PlanTransformationAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (Json(inputData) is not { } json)
            return inputData;

        try
        {
            return EngineJson.Read<UpdatePlan>(json, ErrorIds.PlanDamaged, "the plan");
        }
        catch (AppException e)
        {
            throw new ArgumentTransformationMetadataException(e.Message, e);
        }
    }

    private static string? Json(object? input) => input switch
    {
        null => null,
        PSObject { BaseObject: UpdatePlan } => null,
        _ when PlainValue.IsBag(input, nameof(UpdatePlan.Steps), nameof(UpdatePlan.Hash)) => EngineJson.Write(PlainValue.Of(input)),
        _ => (input is PSObject wrapped ? wrapped.BaseObject : input) is string text && text.TrimStart().StartsWith('{') ? text : null,
    };
}
