namespace UpgradeOps.TestKit;

/// <summary>A disk of its own, small enough to be filled: a tmpfs over a folder, whose files move onto it. Needs <see cref="Part.Mount"/>.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private readonly string folder;

    private SmallDisk(string folder) => this.folder = folder;

    private string Ballast => Path.Combine(folder, ".ballast");

    /// <param name="mebibytes">Its size.</param>
    public static async Task<SmallDisk> OverAsync(string folder, int mebibytes)
    {
        using var aside = new TempFolder("disk-");
        Directory.CreateDirectory(folder);
        await Command.OutputAsync("cp", "-a", $"{folder}/.", aside.Path);
        await Command.OutputAsync("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m,mode=0700", "upgradeops-test", folder);
        await Command.OutputAsync("cp", "-a", $"{aside.Path}/.", folder);
        return new SmallDisk(folder);
    }

    /// <summary>Leaves not a byte.</summary>
    public void Fill()
    {
        using var ballast = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var piece = 1 << 20; piece >= 1; piece /= 4)
        {
            var bytes = new byte[piece];
            try
            {
                while (true)
                    ballast.Write(bytes);
            }
            catch (IOException)
            {
                // This size finds no room any more; a smaller one may.
            }
        }
    }

    /// <summary>Takes away what fills it.</summary>
    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync() => await Command.OutputAsync("umount", "--lazy", folder);
}
