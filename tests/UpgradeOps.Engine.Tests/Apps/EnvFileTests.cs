using UpgradeOps.Engine.Apps.Secrets.Dotenv;

namespace UpgradeOps.Engine.Tests.Apps;

public class EnvFileTests
{
    // What Docker Compose 2.26 makes of each line (docker compose config).
    [Theory]
    [InlineData("A=plain # comment", "plain")]
    [InlineData("A=pa#ss", "pa#ss")]
    [InlineData("A='sin$gle # x'", "sin$gle # x")]
    [InlineData("A=\"dou $B \\\" q \\n nl \\t \\$B \\\\ z\"", "dou b \" q \n nl \t $B \\ z")]
    [InlineData("A= spaced value   ", "spaced value")]
    [InlineData("export A=exported", "exported")]
    [InlineData("A: yamlstyle", "yamlstyle")]
    [InlineData("A=", "")]
    [InlineData("A=\"multi\nline\"", "multi\nline")]
    [InlineData("A='it\\'s'", "it's")]
    [InlineData("A=$B-${B}-${NOPE:-def}-${NOPE-d2}-${B:+alt}", "b-b-def-d2-alt")]
    [InlineData("A=\"${X:-${Y-deep}}\"", "deep")]
    [InlineData("A=a$$b", "a$b")]
    [InlineData("A=a\\$NOPE", "a\\")]
    [InlineData("A=\"q\" # trailing", "q")]
    [InlineData("A=`x`", "`x`")]
    [InlineData("A=a=b=c", "a=b=c")]
    [InlineData("A=  'lead'", "lead")]
    [InlineData("A=\"a#b\"", "a#b")]
    [InlineData("A=$", "$")]
    [InlineData("A=a$1b", "a$1b")]
    [InlineData("A=\"'in'\"", "'in'")]
    [InlineData("A='\"in\"'", "\"in\"")]
    [InlineData("A=x\"y\"z", "x\"y\"z")]
    [InlineData("A=#c", "#c")]
    [InlineData("A=a\t#tab", "a\t#tab")]
    [InlineData("A=\"\\a \\x \\r|\\0101|\\e\"", "\a \\x \r|A|\\e")]
    [InlineData("A='a\\nb \\\\ c'", "a\\nb \\\\ c")]
    [InlineData("A=un\\nq\"uo\"", "un\\nq\"uo\"")]
    [InlineData("A=one\nA=two", "two")]
    [InlineData("A=crlf\r\nC=x\r\n", "crlf")]
    public void A_line_is_read_as_Compose_reads_it(string text, string expected) =>
        Assert.Equal(expected, EnvFile.Parse("# first\n\nB=b\n" + text, _ => null)["A"]);

    [Fact]
    public void The_process_counts_before_the_file_in_an_expansion_only()
    {
        var values = EnvFile.Parse("B=file\nA=$B\nINHERITED", name => name is "B" or "INHERITED" ? "process" : null);

        Assert.Equal(("file", "process", "process"), (values["B"], values["A"], values["INHERITED"]));
    }

    [Theory]
    [InlineData("A=1\nB=\"hunter2\n", "the quote in line 2 is not closed")]
    [InlineData("A=hunter2${B", "line 1: a ${ is not closed")]
    [InlineData("A=1\n\n hun ter2", "line 3 does not begin with the name of a variable")]
    [InlineData("A=${B:?}", "line 1: the variable B is demanded and missing")]
    public void What_is_malformed_is_told_by_its_line_without_a_value(string text, string message)
    {
        var e = Assert.Throws<FormatException>(() => EnvFile.Parse(text, _ => null));

        Assert.Equal(message, e.Message);
    }

    [Fact]
    public void Random_text_gives_values_or_a_format_error()
    {
        const string alphabet = "AB=:'\"\\$${}-+?# \n0\t";
        var random = new Random(7);
        for (var i = 0; i < 20000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            try
            {
                EnvFile.Parse(text, _ => null);
            }
            catch (FormatException)
            {
                // said so
            }
        }
    }
}
