using UpgradeOps.Engine.Backups.Sources;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Steps;

namespace UpgradeOps.Engine.Backups.Restore;

/// <summary>Gives what a command once wrote to the command that the definition names for its restore. What that replaces, only the safety backup knows.</summary>
internal sealed class RestoreCommandStep(PlannedStep planned, RestoreParts parts) : Step(planned)
{
    public override async Task DoAsync(StepContext context, CancellationToken cancellationToken)
    {
        var name = Input(RestoreSteps.Target);
        var command = parts.Definition.Backups.Select(b => b.Command).FirstOrDefault(c => c?.Name == name && c.Restore.Count > 0)
            ?? throw new AppException(ErrorIds.RestoreFailed, $"The definition names no command any more that restores 'command:{name}'.", name, "Declare restore: for it under backups again.");
        var file = parts.File(Input(RestoreSteps.FromBackup), Input(RestoreSteps.File));
        context.Tell($"Verifying {file.Path}");
        await file.VerifyAsync(cancellationToken).ConfigureAwait(false);
        context.Tell($"Running {command.Restore[0]} with {file.Path}");
        var content = await file.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            var run = HostCommand.In(parts.BaseFolder, command.Restore);
            var result = await parts.Host.StreamAsync(run, content, null, cancellationToken).ConfigureAwait(false);
            if (!result.Succeeded)
                throw new AppException(ErrorIds.RestoreFailed, CommandSource.Failed(command.Restore[0], result), name);
        }
    }
}
