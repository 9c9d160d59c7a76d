namespace UpgradeOps.Engine.Steps;

/// <summary>A room that contributes steps: it can rebuild each of its steps from plain data.</summary>
internal interface IStepSource
{
    /// <summary>What its kinds begin with, before the dot: <c>compose</c>, <c>backup</c>, <c>health</c> …</summary>
    string Prefix { get; }

    /// <exception cref="AppException"><see cref="ErrorIds.PlanDamaged"/>: a kind that it does not know.</exception>
    IStep Create(PlannedStep planned);
}
