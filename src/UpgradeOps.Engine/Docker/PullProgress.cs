namespace UpgradeOps.Engine.Docker;

/// <summary>Sums the bytes of all layers of a pull from the engine's lines.</summary>
internal sealed class PullProgress
{
    private readonly Dictionary<string, Layer> _layers = [];

    public long Done { get; private set; }

    /// <summary>Null until every layer that is to be fetched has told its size.</summary>
    public long? Total { get; private set; }

    /// <returns>True when the sums changed.</returns>
    public bool Take(PullLine line)
    {
        if (line.Id is not { } id || Next(_layers.GetValueOrDefault(id), line) is not { } layer)
            return false;
        _layers[id] = layer;
        var done = _layers.Values.Sum(l => l.Done);
        var total = _layers.Values.All(l => l.Total is not null) ? _layers.Values.Sum(l => l.Total!.Value) : (long?)null;
        if (done == Done && total == Total)
            return false;
        (Done, Total) = (done, total);
        return true;
    }

    private static Layer? Next(Layer? known, PullLine line) => line.Status switch
    {
        "Pulling fs layer" or "Waiting" => known ?? new Layer(0, null),
        "Already exists" => new Layer(0, 0),
        // A layer that is fetched again after a broken connection begins at zero: the sum never goes back.
        "Downloading" when line.ProgressDetail is { Current: { } current } p =>
            new Layer(Math.Max(current, known?.Done ?? 0), p.Total is > 0 ? p.Total : known?.Total),
        // A small layer arrives without ever telling its size.
        "Download complete" or "Pull complete" => new Layer(known?.Total ?? known?.Done ?? 0, known?.Total ?? known?.Done ?? 0),
        _ => null,
    };

    private sealed record Layer(long Done, long? Total);
}
