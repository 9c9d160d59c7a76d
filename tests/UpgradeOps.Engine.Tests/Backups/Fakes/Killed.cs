namespace UpgradeOps.Engine.Tests.Backups.Fakes;

/// <summary>Stands for the end of the process at some moment.</summary>
internal sealed class Killed : Exception;

/// <summary>Counts effects on the world and ends the process before or after one of them.</summary>
internal sealed class Killer
{
    private int _effects;

    /// <summary>Effects until the end; 0 for never.</summary>
    public int At { get; set; }

    public int Effects => _effects;

    public void Rearm(int at) => (At, _effects) = (at, 0);

    /// <summary>An effect: the process may end just before it and just after it.</summary>
    public async Task EffectAsync(Func<Task> effect)
    {
        Check();
        await effect();
        Check();
    }

    public void Check()
    {
        if (++_effects == At)
            throw new Killed();
    }
}
