using UpgradeOps.Engine.Platforms.Jobs;

namespace UpgradeOps.Engine.Tests.Simulation;

/// <summary>A command that migrates, left in the simulated world: it ends whether or not the process that began it lives.</summary>
internal sealed class SimJob(SimWorld world, string name, string version) : IJob
{
    public Task<JobState> LookAsync(CancellationToken cancellationToken) =>
        Task.FromResult(world.Commands.ContainsKey(name) ? new JobState(JobPhase.Running) : world.Jobs.TryGetValue(name, out var well) ? new JobState(JobPhase.Ended, well ? 0 : 1) : new JobState(JobPhase.None));

    public Task StartAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        if (!world.Jobs.ContainsKey(name))
        {
            world.Effect($"job {name}", () =>
            {
                if (world.SlowJobs)
                {
                    world.Commands[name] = version;
                    return;
                }

                world.Jobs[name] = !world.Sick.Contains(version);
                world.JobRuns.Add(name);
                world.Migrate(version, world.Databases["live"]);
            });
        }

        return Task.CompletedTask;
    }

    public Task<JobState> WaitAsync(CancellationToken cancellationToken) => LookAsync(cancellationToken);

    public Task<byte[]> OutputAsync(CancellationToken cancellationToken) => Task.FromResult("migrating"u8.ToArray());

    public Task EndAsync(CancellationToken cancellationToken)
    {
        if (world.Commands.ContainsKey(name))
        {
            world.Effect($"end job {name}", () => world.Commands.Remove(name));
        }

        return Task.CompletedTask;
    }

    public Task RemoveAsync(CancellationToken cancellationToken)
    {
        world.Commands.Remove(name);
        if (world.Jobs.ContainsKey(name))
        {
            world.Effect($"remove job {name}", () => world.Jobs.Remove(name));
        }

        return Task.CompletedTask;
    }
}
