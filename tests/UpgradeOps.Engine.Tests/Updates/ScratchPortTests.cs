using UpgradeOps.Engine.Updates.Rehearsing;

namespace UpgradeOps.Engine.Tests.Updates;

/// <summary>The port of a copy on another machine: one that nobody there has.</summary>
public sealed class ScratchPortTests
{
    // 127.0.0.1:40000 listens, 0.0.0.0:40001 too, a connection of 40003 has just been closed.
    private const string Tcp = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:9C40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0000000000000000 100 0 0 10 0
           1: 00000000:9C41 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4243 1 0000000000000000 100 0 0 10 0
           2: 0100007F:9C43 0100007F:0050 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000000000000000

        """;

    private const string Tcp6 = """
          sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 00000000000000000000000000000000:9C44 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4244 1 0000000000000000 100 0 0 10 0

        """;

    [Fact]
    public void It_is_one_that_the_kernel_would_choose_and_that_no_socket_has()
    {
        Assert.Equal(40002, ScratchPort.Choose("ssh://there", "40000\t40004\n", Tcp, Tcp6));
        Assert.Equal(40004, ScratchPort.Choose("ssh://there", "40003\t40004\n", Tcp, null));
    }

    [Theory]
    [InlineData("40000\t40001\n", Tcp, "in use")]
    [InlineData("40003\t40004\n", Tcp, "in use")]
    [InlineData("40000\t40004\n", null, "cannot be seen")]
    [InlineData(null, Tcp, "cannot be seen")]
    [InlineData("some ports", Tcp, "cannot be seen")]
    public void Where_there_is_none_or_none_can_be_seen_that_is_told(string? range, string? table, string why)
    {
        var error = Assert.Throws<AppException>(() => ScratchPort.Choose("ssh://there", range, table, Tcp6));
        Assert.Equal(ErrorIds.HostFileFailed, error.ErrorId);
        Assert.Contains("ssh://there", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }
}
