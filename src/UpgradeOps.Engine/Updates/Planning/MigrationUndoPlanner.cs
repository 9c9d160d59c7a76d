using System.Text;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Databases.PostgreSql;
using UpgradeOps.Engine.Migrations;
using UpgradeOps.Engine.Migrations.Back;
using UpgradeOps.Engine.Migrations.Files;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Preflight;
using UpgradeOps.Engine.Updates.Steps;

namespace UpgradeOps.Engine.Updates.Planning;

/// <summary>Makes the plan of taking the newest migration back: back up, prove, run its script. The plan shows the SQL.</summary>
internal sealed class MigrationUndoPlanner(AppRooms rooms)
{
    public async Task<UpdatePlan> PlanAsync(UndoMigrationOptions options, CancellationToken cancellationToken)
    {
        var current = await rooms.Platform.InspectAsync(cancellationToken).ConfigureAwait(false);
        var schema = await rooms.Schema.ReadAsync(cancellationToken).ConfigureAwait(false);
        var ledger = await rooms.Migrations.ReadAnyAsync(options.Release, cancellationToken).ConfigureAwait(false);
        var wanted = Choose(ledger, options);
        var from = Endpoints.Of(current, null, schema);
        var findings = new List<Finding>();
        var steps = new List<PlannedStep>();
        if (wanted is not null)
        {
            await PlanBackupAsync(from, steps, findings, options.Force, cancellationToken).ConfigureAwait(false);
            PlanScript(ledger, wanted, options, steps, findings);
            Warn(ledger, wanted, current, findings);
        }

        return PlanHash.Seal(new UpdatePlan
        {
            Name = rooms.Definition.Name,
            Kind = OperationKind.MigrationUndo,
            From = from,
            To = new PlanEndpoint { Version = wanted is null ? "no migration" : $"before migration {wanted.Version}" },
            Steps = StepOrder.Numbered(steps),
            OnFailureData = DataPolicy.Stop,
            Findings = findings,
            CreatedAt = rooms.Options.Time.GetUtcNow(),
        });
    }

    /// <returns>Null when the database has none.</returns>
    private Migration? Choose(MigrationLedger ledger, UndoMigrationOptions options)
    {
        if (options.Version is not { } version)
            return ledger.Newest;
        var wanted = ledger.Entries.FirstOrDefault(m => VersionOrder.Instance.Compare(m.Version, version) == 0);
        return wanted is { State: not MigrationState.Pending }
            ? wanted
            : throw new AppException(ErrorIds.MigrationNotApplied, $"The database of {rooms.Definition.Name} does not have migration {version}.", rooms.Definition.Name);
    }

    private async Task PlanBackupAsync(PlanEndpoint from, List<PlannedStep> steps, List<Finding> findings, bool force, CancellationToken cancellationToken)
    {
        if (rooms.Backups.Declared && await rooms.Backups.HasDataAsync(cancellationToken).ConfigureAwait(false))
            steps.AddRange(BackupSteps.Plan(quiesced: false, from));
        var database = rooms.Migrations.Declared.Database;
        if (!force && !rooms.Definition.Backups.Any(b => b.Database == database || b.Cluster == database))
            findings.Add(Findings.Of(FindingSeverity.Blocker, ErrorIds.BackupNothingDeclared, rooms.Definition.Name, $"The definition of {rooms.Definition.Name} declares no backup of database {database}: what the script removes could not be brought back.", $"Declare '- database: {database}' under backups, or use -Force."));
    }

    private void PlanScript(MigrationLedger ledger, Migration wanted, UndoMigrationOptions options, List<PlannedStep> steps, List<Finding> findings)
    {
        var named = $"migration {wanted.Version}{(wanted.Title is { } title ? $" ({title})" : "")}";
        if (ledger.Newest is { } newest && newest.Version != wanted.Version)
            findings.Add(Findings.Of(FindingSeverity.Blocker, ErrorIds.MigrationNotNewest, wanted.Version, $"Migration {newest.Version} was applied after {named}.", $"Take {newest.Version} back first."));
        var file = ledger.FileOf(wanted.Version);
        var script = options.Script is { } given ? new MigrationScript(Path.GetFileName(options.ScriptName ?? "the given script"), given) : file?.Down;
        if (script is null)
        {
            var did = file?.Text is { } text ? $" What it did:\n{Encoding.UTF8.GetString(text).Trim()}" : "";
            findings.Add(Findings.Of(FindingSeverity.Blocker, ErrorIds.MigrationIrreversible, wanted.Version, $"Nothing tells how to take {named} back.{did}"));
            return;
        }

        var row = ledger.RowOf(wanted.Version)!;
        var before = ledger.Entries.TakeWhile(m => m.Version != wanted.Version).LastOrDefault(m => m.State != MigrationState.Pending);
        var forget = ledger.Tracked.Table is { } table
            ? ledger.Tracked.Tracker!.Forget(table, row, before is null ? null : new(before.Version, before.Title, false, null), SqlDialect.Of(rooms.Migrations.Database))
            : null;
        if (forget is null)
        {
            findings.Add(Findings.Of(FindingSeverity.Blocker, ErrorIds.MigrationTrackerUnknown, wanted.Version, $"How the tool that applied {named} writes that down is not known here: its row cannot be removed with it."));
            return;
        }

        var sql = BackScript.Compose(script.Name, script.Sql, forget);
        steps.Add(DataSteps.PlanGuard(DataPolicy.Stop, whileRunning: true));
        steps.Add(MigrationSteps.PlanTakeBack(wanted, script.Name, sql, atOnce: rooms.Migrations.Database.Engine == PostgresDatabase.EngineName));
        findings.Add(new Finding { Severity = FindingSeverity.Information, ErrorId = ErrorIds.MigrationNeedsConsent, Target = wanted.Version, Message = $"The SQL that takes {named} back:\n{sql.TrimEnd()}" });
        if (!options.Force)
            findings.Insert(0, Findings.Of(FindingSeverity.Blocker, ErrorIds.MigrationNeedsConsent, wanted.Version, $"Taking {named} back changes the live schema of {rooms.Definition.Name}, and removes what it holds that only the migration made room for."));
    }

    private void Warn(MigrationLedger ledger, Migration wanted, Deployment current, List<Finding> findings)
    {
        if (current.IsRunning && ledger.FileOf(wanted.Version) is not null)
            findings.Add(Findings.Of(FindingSeverity.Warning, ErrorIds.MigrationAppliedAgain, rooms.Definition.Name, $"{rooms.Definition.Name} {current.Version} runs and brings migration {wanted.Version}: it may need what is taken away, and applies it again at its next start."));
    }
}
