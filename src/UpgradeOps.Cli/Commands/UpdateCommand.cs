using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

internal sealed class UpdateCommand : VerbCommand
{
    private readonly Argument<string> name = NameArgument();
    private readonly TargetOptions target = new();
    private readonly Option<string?> plan = new("--plan") { Description = "Run exactly this plan (as plan --json wrote it; - for standard input), or refuse when the world has moved since.", HelpName = "file" };
    private readonly Option<bool> whatIf = new("--what-if") { Description = "Show the plan and change nothing." };
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask." };

    public UpdateCommand()
        : base("update", "Updates an application as a transaction: kept when the new version proves itself, undone when not.")
    {
        Arguments.Add(name);
        target.AddTo(this);
        Options.Add(plan);
        Options.Add(whatIf);
        Options.Add(yes);
        Validators.Add(result =>
        {
            if (result.GetResult(plan) is { Implicit: false } && ((result.GetValue<string>("--version") ?? result.GetValue<string>("--channel")) is not null || result.GetValue<ProofLevel?>("--prove-backup") is not null))
                result.AddError("--plan says what to do: it cannot stand beside --version, --channel or --prove-backup.");
        });
    }

    public override async Task<int> RunAsync(Verb verb)
    {
        var session = verb.ShowingSession();
        var options = target.Read(verb, verb.Get(name));
        var wanted = verb.Get(plan) is { } file
            ? await ReadPlanAsync(file, verb.Stop)
            : await new PlanUpdate(session).RunAsync(options, verb.Stop);
        if (verb.Get(whatIf))
            return Transactions.WhatIf(verb, wanted);
        if (Transactions.Ask(verb, wanted, verb.Get(yes)) == Consent.Refused)
            return ExitCodes.Refused;

        return Transactions.End(verb, await new UpdateApp(session).RunAsync(options with { Plan = wanted }, verb.Stop));
    }

    private static async Task<UpdatePlan> ReadPlanAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            var text = file == "-" ? await Console.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(file, cancellationToken);
            return EngineJson.Read<UpdatePlan>(text, ErrorIds.PlanDamaged, file == "-" ? "standard input" : file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AppException(ErrorIds.PlanDamaged, $"The plan {file} cannot be read: {e.Message}", file, inner: e);
        }
    }
}
