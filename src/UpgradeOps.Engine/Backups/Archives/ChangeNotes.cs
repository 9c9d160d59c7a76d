namespace UpgradeOps.Engine.Backups.Archives;

/// <summary>Remarks about a copied folder: the first ones in full, then how many more. To be added to from any thread.</summary>
internal sealed class ChangeNotes
{
    private const int Most = 20;

    private readonly object _lock = new();
    private readonly List<string> _notes = [];
    private int _more;

    /// <summary>True when something was written to while it was copied.</summary>
    public bool Changed { get; private set; }

    public void Add(string note, bool changed)
    {
        lock (_lock)
        {
            Changed |= changed;
            if (_notes.Count < Most)
                _notes.Add(note);
            else
                _more++;
        }
    }

    public IReadOnlyList<string> ToList() => _more == 0 ? _notes : [.. _notes, $"… and {_more} more."];
}
