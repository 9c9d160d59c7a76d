using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Databases;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Tests.Simulation;
using UpgradeOps.Engine.Updates.Journal;
using UpgradeOps.Engine.Updates.Running;

namespace UpgradeOps.Engine.Tests.Updates.Model;

/// <summary>One random history: an update and whatever people and power cuts do to it, until it is over.</summary>
internal sealed class ModelRun
{
    private readonly Random _random;
    private readonly SimWorld _sim = SimWorld.Running("1.0.0");
    private readonly ModelLedger _ledger = new();
    private readonly ModelWorld _world;
    private readonly SimState _memory;
    private readonly ModelState _state;
    private readonly List<string> _history = [];

    public ModelRun(int seed)
    {
        _random = new Random(seed);
        _world = new ModelWorld(_sim, _ledger);
        _memory = new SimState(_sim);
        _state = new ModelState(_memory, _ledger);
        _ledger.Look = id => _world.Fates.TryGetValue(id, out var fate) ? (_world.Parts(id), fate.Parts) : (0, 0);
        _ledger.SchemaOfNew = 1 + _random.Next(2);
    }

    public string History => string.Join(" > ", _history);

    public int Processes => _history.Count;

    public UpdateStatus? Outcome => _ledger.Outcome;

    public async Task RunAsync()
    {
        var (plan, fates) = ModelPlan.Make(_random);
        _ledger.Steps = plan.Steps;
        foreach (var (id, fate) in fates)
        {
            _world.Fates[id] = fate;
        }

        await ProcessAsync("update", mayDie: true, async (lease, stop) =>
        {
            var transaction = await Transaction.BeginAsync(Rooms, lease, plan, CancellationToken.None);
            return await transaction.RunAsync(repeatUncertain: false, stop);
        });
        for (var more = _random.Next(4); more > 0 && !_ledger.IsClosed; more--)
        {
            await GoOnAsync(mayDie: true);
        }

        // Each obstacle gives way once: an uncertain step and an undo that fails twice for each step, and a choice about the data.
        var bound = (3 * plan.Steps.Count) + 3;
        while (await OpenAsync() is not null)
        {
            Claim(bound-- > 0, "8", "it does not come to an end");
            await GoOnAsync(mayDie: false);
        }

        _sim.Death = new SimDeath(int.MaxValue);
        await using (await _state.TakeLeaseAsync("look", CancellationToken.None))
        {
            // A dead holder's lock stands in nobody's way.
        }

        Claim(_memory.IsFree, "9", "the lock is held");
        var rows = _sim.Databases.Values.SelectMany(d => d.Rows).ToHashSet();
        Claim(_sim.Acknowledged.TrueForAll(rows.Contains), "9", "rows are in no database");
        Claim(_sim.Databases.ContainsKey("live"), "9", "there is no live database");
    }

    private AppRooms Rooms => new()
    {
        Definition = new AppDefinition
        {
            Name = "model",
            Path = "/model.yaml",
            Platform = new PlatformDefinition(),
            Releases = new ReleasesDefinition { Folder = "/releases" },
            HealthTimeout = TimeSpan.Zero,
        },
        Options = new EngineOptions(),
        Host = new LocalHost(),
        State = _state,
        Platform = new ModelPlatform(_world),
        Releases = new SimReleases(),
        Databases = new Dictionary<string, IDatabase>(),
        Backups = new SimBackups(_sim),
        Schema = new SimSchema(_sim),
        Migrations = null!,
        Health = new SimHealth(_sim),
        Writers = new PlatformWriters(QuiesceMode.None, new ModelPlatform(_world)),
    };

    private void Claim(bool holds, string number, string otherwise)
    {
        _ledger.Claim(holds, number, otherwise);
        if (_ledger.Broken is { } broken)
        {
            throw new InvalidOperationException(broken);
        }
    }

    private Task<OperationRecord?> OpenAsync() => OperationIndex.FindOpenAsync(_state, CancellationToken.None);

    private async Task GoOnAsync(bool mayDie)
    {
        if (await OpenAsync() is not { } open)
        {
            return;
        }

        // In the end a person does what the last result said; before that, anything.
        var told = mayDie ? null : open.Outcome?.Error?.ErrorId;
        var undo = told == ErrorIds.DataNeedsChoice || (told != ErrorIds.StepUncertain && _random.Next(2) == 0);
        var force = told == ErrorIds.StepUncertain || _random.Next(3) == 0;
        var choice = open.BackupIds.Count > 0 && _random.Next(2) == 0 ? DataPolicy.Restore : DataPolicy.Keep;
        DataPolicy? data = told == ErrorIds.DataNeedsChoice || _random.Next(3) == 0 ? choice : null;
        await ProcessAsync(undo ? $"undo {data}" : $"resume{(force ? " -Force" : "")}", mayDie, async (lease, stop) =>
        {
            _world.Forced = !undo && force;
            var transaction = await Transaction.ContinueAsync(Rooms, lease, open.OperationId, CancellationToken.None);
            return undo ? await transaction.GoBackAsync(data, stop) : await transaction.RunAsync(force, stop);
        });
    }

    /// <summary>One process: it may be killed at a random point, asked to stop at a random moment, or lose its lease to another.</summary>
    private async Task ProcessAsync(string what, bool mayDie, Func<ILease, CancellationToken, Task<UpdateResult>> work)
    {
        _sim.Death = new SimDeath(mayDie && _random.Next(3) > 0 ? _random.Next(1, 40) : int.MaxValue);
        _world.BeginProcess();
        using var stop = new CancellationTokenSource();
        var moments = mayDie && _random.Next(3) == 0 ? _random.Next(0, 12) : -1;
        var stolen = mayDie && _random.Next(8) == 0 ? _random.Next(1, 12) : -1;
        _world.Moment = () =>
        {
            if (moments-- == 0)
            {
                stop.Cancel();
                _world.EndAfterStepAtHand(lost: false);
            }

            if (stolen-- == 0)
            {
                _memory.LoseLease();
                _world.EndAfterStepAtHand(lost: true);
            }
        };
        try
        {
            await using var lease = await _state.TakeLeaseAsync("model", CancellationToken.None);
            var result = await work(lease, stop.Token);
            _history.Add($"{what}: {result.Status}{(stop.IsCancellationRequested ? " (asked to stop)" : "")}");
            Claim(result.Status == _ledger.Outcome, "7", $"{result.Status} is told, {_ledger.Outcome} is on disk");
        }
        catch (SimKilledException)
        {
            _history.Add($"{what}: killed {_sim.Death.Where}");
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.LockLost)
        {
            _history.Add($"{what}: lost the lock");
        }

        Claim(true, "", "");
    }
}
