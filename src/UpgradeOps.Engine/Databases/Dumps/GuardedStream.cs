using System.Buffers;
using UpgradeOps.Engine.Streams;

namespace UpgradeOps.Engine.Databases.Dumps;

/// <summary>A SQL dump as the client program may read it: looked at statement by statement, and refused in reading.</summary>
internal sealed class GuardedStream(Stream source, SqlLexer lexer, string target) : ReadOnlyStream
{
    private const int LongestToken = 64 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _ready = new(128 * 1024);
    private readonly MarkedStream _seen = new(Null);
    private byte[] _buffer = new byte[128 * 1024];
    private int _filled;
    private int _given;
    private bool _ended;

    /// <summary>Why reading failed; null while it did not.</summary>
    public AppException? Failure { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Failure is not null)
            throw Failure;
        try
        {
            while (_given == _ready.WrittenCount && !_ended)
                await AdvanceAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e)
        {
            Failure = e;
            throw;
        }

        var count = Math.Min(buffer.Length, _ready.WrittenCount - _given);
        _ready.WrittenMemory.Slice(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }

    private async Task AdvanceAsync(CancellationToken cancellationToken)
    {
        _ready.ResetWrittenCount();
        _given = 0;
        if (_filled == _buffer.Length)
            Grow();
        var first = _seen.Count == 0;
        var read = await source.ReadAtLeastAsync(_buffer.AsMemory(_filled), first ? 8 : 1, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        _seen.Write(_buffer.AsSpan(_filled, read));
        _filled += read;
        _ended = read == 0;
        if (first)
            Begin();
        var used = lexer.Process(_buffer.AsSpan(0, _filled), _ended, _ready);
        _buffer.AsSpan(used, _filled - used).CopyTo(_buffer);
        _filled -= used;
        if (_ended)
            ThrowIfCut();
    }

    private void Begin()
    {
        ThrowIfNoSql();
        ReadOnlySpan<byte> byteOrderMark = [0xef, 0xbb, 0xbf];
        if (!_buffer.AsSpan(0, _filled).StartsWith(byteOrderMark))
            return;
        _filled -= byteOrderMark.Length;
        _buffer.AsSpan(byteOrderMark.Length, _filled).CopyTo(_buffer);
    }

    private void Grow()
    {
        if (_buffer.Length >= LongestToken)
            throw new AppException(ErrorIds.BackupDamaged, "The dump holds a word that is longer than any statement has.", target);
        Array.Resize(ref _buffer, _buffer.Length * 2);
    }

    /// <summary>What is often taken for SQL text.</summary>
    private void ThrowIfNoSql()
    {
        var head = _seen.Head;
        var what = head switch
        {
            [] => "is empty",
            [0x1f, 0x8b, ..] => "is still compressed (gzip)",
            [0x28, 0xb5, 0x2f, 0xfd, ..] => "is still compressed (zstd)",
            [0xff, 0xfe, ..] or [0xfe, 0xff, ..] => "is UTF-16 text, as some shells write it in a redirection, and its bytes can no longer be trusted",
            _ when DumpMarks.BeginsAsPostgresArchive(head) => "is a PostgreSQL archive, not SQL text",
            _ => null,
        };
        if (what is not null)
            throw new AppException(ErrorIds.BackupDamaged, $"The dump {what}.", target);
    }

    /// <summary>A dump that names its maker must end as that maker ends it; others cannot be known.</summary>
    private void ThrowIfCut()
    {
        var head = System.Text.Encoding.UTF8.GetString(_seen.Head);
        var tail = _seen.Tail();
        var whole = head switch
        {
            _ when head.Contains("-- MySQL dump", StringComparison.Ordinal) || head.Contains("-- MariaDB dump", StringComparison.Ordinal) => DumpMarks.EndsAsMariaDbDump(tail),
            _ when head.Contains("-- PostgreSQL database cluster dump", StringComparison.Ordinal) => DumpMarks.EndsAsPostgresCluster(tail),
            _ when head.Contains("-- PostgreSQL database dump", StringComparison.Ordinal) => DumpMarks.EndsAsPostgresSql(tail),
            _ => true,
        };
        if (!whole)
            throw new AppException(ErrorIds.BackupDamaged, "The dump lacks its last lines: the tool that made it did not come to its end, or a copy was cut.", target);
    }
}
