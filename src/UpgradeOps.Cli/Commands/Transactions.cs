using Spectre.Console;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Cli.Output;

namespace UpgradeOps.Cli.Commands;

/// <summary>What the verbs that change something have in common: show, ask, tell how it ended.</summary>
internal static class Transactions
{
    /// <summary>Shows a plan instead of running it.</summary>
    /// <returns>What the operation would return at once; 0 when it would begin.</returns>
    public static int WhatIf(Verb verb, UpdatePlan plan)
    {
        verb.Screen.Write(plan, PlanView.Of);
        if (plan.Findings.Any(f => f.Severity == FindingSeverity.Blocker))
            return ExitCodes.Refused;
        return plan.IsEmpty ? ExitCodes.NothingToDo : ExitCodes.Ok;
    }

    /// <summary>Asks whoever sits there; a script is never asked, it has said what it wants.</summary>
    public static Consent Ask(Verb verb, UpdatePlan plan, bool yes)
    {
        var hasFindings = plan.Findings.Count > 0;
        if (yes || !verb.Screen.IsInteractive || verb.Screen.Json || (plan.IsEmpty && !hasFindings))
            return Consent.NotAsked;
        verb.Screen.Show(PlanView.Of(plan));
        verb.Screen.Show(Text.Empty);
        return verb.Screen.Confirm("Go on?") ? Consent.Given : Consent.Refused;
    }

    public static int End(Verb verb, UpdateResult result)
    {
        verb.Screen.Write(result, ResultView.Of);
        return End(verb, result.Status, result.Error, result.Next, result.Findings);
    }

    public static int End(Verb verb, RestoreResult result)
    {
        verb.Screen.Write(result, ResultView.Of);
        return End(verb, result.Status, result.Error, result.Next, []);
    }

    private static int End(Verb verb, UpdateStatus status, AppError? error, string? next, IReadOnlyList<Finding> findings)
    {
        var others = findings.Where(f => f.ErrorId != error?.ErrorId).ToList();
        if (status == UpdateStatus.Refused && others.Count > 0)
            verb.Screen.Show(FindingView.Of(others));
        if (error is not null)
            verb.Screen.Error(next is null ? error : error with { RecommendedAction = next });
        return ExitCodes.Of(status);
    }
}

internal enum Consent
{
    NotAsked,
    Given,
    Refused,
}
