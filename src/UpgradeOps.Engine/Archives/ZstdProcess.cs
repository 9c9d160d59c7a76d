using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Archives;

/// <summary>One run of the <c>zstd</c> tool between two pipes. Disposed before its end, it is killed; when we are killed, its input ends and it ends too.</summary>
internal sealed class ZstdProcess : IDisposable
{
    /// <summary>Beyond this, level 3 and up cost more time than the dump itself; below it the result is hardly larger.</summary>
    public const int Level = 2;

    private readonly Process _process;
    private readonly Task<string> _error;

    private ZstdProcess(Process process)
    {
        _process = process;
        Input = process.StandardInput.BaseStream;
        Output = process.StandardOutput.BaseStream;
        PipeRoom.Widen(Input);
        PipeRoom.Widen(Output);
        _error = process.StandardError.ReadToEndAsync();
    }

    public Stream Input { get; }

    public Stream Output { get; }

    public static ZstdProcess Pack()
    {
        var threads = Math.Clamp(Environment.ProcessorCount, 1, 4);
        return Start("--quiet", "--stdout", string.Create(CultureInfo.InvariantCulture, $"-{Level}"), string.Create(CultureInfo.InvariantCulture, $"-T{threads}"));
    }

    public static ZstdProcess Unpack() => Start("--quiet", "--stdout", "--decompress");

    /// <summary>Waits for its end.</summary>
    /// <returns>What it complained about; null when all went well.</returns>
    public async Task<string?> EndAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        if (_process.ExitCode == 0)
            return null;
        var told = (await _error.ConfigureAwait(false)).Trim();
        return told.Length > 0 ? told : string.Create(CultureInfo.InvariantCulture, $"zstd ended with exit code {_process.ExitCode}");
    }

    public void Dispose()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It has ended.
        }

        _process.Dispose();
    }

    private static ZstdProcess Start(params IReadOnlyList<string> arguments)
    {
        var start = CommandStart.Prepare(new HostCommand("zstd", arguments));
        try
        {
            return new ZstdProcess(Process.Start(start.Info)!);
        }
        catch (Win32Exception e)
        {
            throw CommandStart.Missing("zstd", e);
        }
    }
}
