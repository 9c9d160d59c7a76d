using System.Text;
using UpgradeOps.Engine.Platforms.Service.Supervisors;

namespace UpgradeOps.Engine.Tests.Service;

public sealed class ProcessStatTests
{
    private const string Rest = "1 4242 4242 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 987654 1 1 1";

    [Theory]
    [InlineData("4242 (sh) S " + Rest, 'S', true)]
    [InlineData("4242 (a) b) (c) R " + Rest, 'R', true)]
    [InlineData("4242 () Z " + Rest, 'Z', false)]
    [InlineData("4242 (x) X " + Rest, 'X', false)]
    public void Names_may_hold_anything(string text, char state, bool alive)
    {
        var stat = ProcessStat.Parse(Encoding.UTF8.GetBytes(text));

        Assert.Equal(new ProcessStat(state, 987654), stat);
        Assert.Equal(alive, stat!.Value.IsAlive);
    }

    [Theory]
    [InlineData("")]
    [InlineData("4242 (sh")]
    [InlineData("4242 (sh) S 1 2 3")]
    public void What_is_cut_off_is_nothing(string text) => Assert.Null(ProcessStat.Parse(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("pid=42\nstart=7\nboot=b\nrelease=/srv/a=b c\n", "42:7")]
    [InlineData("pid=42\nstart=7\nboot=b\n", null)]
    [InlineData("pid=1\nstart=7\nboot=b\nrelease=/r\n", null)]
    [InlineData("pid=-1\nstart=7\nboot=b\nrelease=/r\n", null)]
    [InlineData("42\n", null)]
    [InlineData("", null)]
    public void A_pid_file_is_whole_or_nothing(string text, string? id) =>
        Assert.Equal(id, PidFile.Parse(Encoding.UTF8.GetBytes(text))?.Id);

    [Fact]
    public void Listening_sockets_are_told_apart_by_their_inode()
    {
        const string table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0
               1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222 1 0 100 0 0 10 0
               2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 333 1 0 100 0 0 10 0
               3: 00000000000000000000000001000000:1F91 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 444 1 0 100 0 0 10 0
            """;
        Assert.SkipUnless(BitConverter.IsLittleEndian, "The table is one of a little-endian machine.");

        Assert.Equal(["127.0.0.1:8080", "[::1]:8081"], ListeningSockets.Parse(table, new HashSet<string> { "111", "333", "444" }));
    }
}
