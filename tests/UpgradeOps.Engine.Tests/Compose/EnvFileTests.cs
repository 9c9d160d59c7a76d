using System.Text;
using FsCheck;
using FsCheck.Fluent;
using UpgradeOps.Engine.Platforms.Compose.Files;

namespace UpgradeOps.Engine.Tests.Compose;

public sealed class EnvFileTests
{
    [Theory]
    [InlineData("TAG=v1", "TAG=v2")]
    [InlineData("TAG=v1\n", "TAG=v2\n")]
    [InlineData("TAG=v1\r\nX=1\r\n", "TAG=v2\r\nX=1\r\n")]
    [InlineData("export TAG=v1\n", "export TAG=v2\n")]
    [InlineData("  export\tTAG = v1  # set by hand\n", "  export\tTAG = v2  # set by hand\n")]
    [InlineData("TAG='v1' # x\n", "TAG='v2' # x\n")]
    [InlineData("TAG=\"v1\"\r\n", "TAG=\"v2\"\r\n")]
    [InlineData("TAG=\n", "TAG=v2\n")]
    [InlineData("TAG=", "TAG=v2")]
    [InlineData("TAG=  \nX=1", "TAG=v2  \nX=1")]
    [InlineData("TAG=\"\"\n", "TAG=\"v2\"\n")]
    [InlineData("TAG: v1\n", "TAG: v2\n")]
    [InlineData("TAG=v1#not-a-comment\n", "TAG=v2\n")]
    [InlineData("TAG=first\nX=1\nTAG=last\n", "TAG=first\nX=1\nTAG=v2\n")]
    [InlineData("# TAG=v0\nTAG=v1\n#TAG=v3", "# TAG=v0\nTAG=v2\n#TAG=v3")]
    [InlineData("NOTE=\"line\nTAG=inside\nend\"\nTAG=v1\n", "NOTE=\"line\nTAG=inside\nend\"\nTAG=v2\n")]
    [InlineData("NOTE='it\\'s\nTAG=inside'\nTAG=v1", "NOTE='it\\'s\nTAG=inside'\nTAG=v2")]
    [InlineData("MY_TAG=a\nTAGS=b\nTAG=v1\nTAG_X=c\n", "MY_TAG=a\nTAGS=b\nTAG=v2\nTAG_X=c\n")]
    [InlineData("\uFEFFTAG=v1\n", "\uFEFFTAG=v2\n")]
    [InlineData("GRUSS=\"schöne Grüße\"\nTAG=v1\n", "GRUSS=\"schöne Grüße\"\nTAG=v2\n")]
    public void Only_the_value_changes(string before, string after) =>
        Assert.Equal(after, Encoding.UTF8.GetString(Parse(before).With("TAG", "v2", ".env")));

    [Theory]
    [InlineData("TAG=v1 # x", "v1")]
    [InlineData("TAG='v1 # x'", "v1 # x")]
    [InlineData("TAG = \"a\nb\"", "a\nb")]
    [InlineData("TAG=${OTHER}", "${OTHER}")]
    [InlineData("TAG=a\nTAG=b", "b")]
    [InlineData("TAG\nX=1", null)]
    [InlineData("# TAG=v1", null)]
    [InlineData("", null)]
    public void A_value_is_read_as_compose_reads_it(string text, string? value) => Assert.Equal(value, Parse(text).Value("TAG"));

    [Theory]
    [InlineData("A=1\nTAG='v1\n", ".env:2")]
    [InlineData("A=1\n\nB AD=1\n", ".env:3")]
    [InlineData("A=\"x\ny\"\nB$=1\n", ".env:3")]
    [InlineData("A=\"x\" trailing junk\nTAG=v1", ".env:1")]
    public void What_compose_would_refuse_is_refused_with_its_line(string text, string target)
    {
        var e = Assert.Throws<AppException>(() => Parse(text));
        Assert.Equal((ErrorIds.ComposeInvalid, target), (e.ErrorId, e.Error.Target));
    }

    [Fact]
    public void A_name_that_is_not_assigned_cannot_be_edited()
    {
        var e = Assert.Throws<AppException>(() => Parse("X=1\nTAG\n").With("TAG", "v2", "/opt/kmp/.env"));
        Assert.Equal(ErrorIds.ComposeVariableMissing, e.ErrorId);
        Assert.Contains("TAG=", e.Error.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v2 # no")]
    [InlineData("v2\nEVIL=1")]
    [InlineData("$(x)")]
    [InlineData("")]
    public void A_value_that_would_need_quotes_is_refused(string value) =>
        Assert.Throws<AppException>(() => Parse("TAG=v1").With("TAG", value, ".env"));

    [Fact]
    public void Whatever_the_file_looks_like_an_edit_there_and_back_is_the_same_file()
    {
        var piece = Gen.Elements(
            "A=1", "export B='x # y'", "C=\"multi\r\nTAG=in\r\nline\"", "# TAG=c", "", "   ", "D = ", "E: yaml", "F=a\\nb", "G=\"q\\\"uote\"", "ä_ö=ü", "TAG=old # c", "TAG='old'",
            "\tTAG\t=\told", "export TAG=\"old\"", "H=#x", "I=a #b#c");
        var files = Gen.ListOf(piece).Select(p => p.ToList());
        var ends = Gen.Elements("\n", "\r\n");
        Prop.ForAll(Arb.From(files), Arb.From(ends), Arb.From(Gen.Elements("", "\n", "\uFEFF")), (lines, end, last) =>
        {
            var text = string.Join(end, lines.Append("TAG=old").Concat(lines)) + last.Trim('\uFEFF');
            var bytes = Encoding.UTF8.GetBytes(last == "\uFEFF" ? last + text : text);
            var file = EnvFile.Parse(bytes, ".env");
            var before = file.Value("TAG")!;
            var edited = file.With("TAG", "v9.9-x", ".env");
            var again = EnvFile.Parse(edited, ".env");
            Assert.Equal("v9.9-x", again.Value("TAG"));
            Assert.Equal(bytes, again.With("TAG", before, ".env"));
        }).QuickCheckThrowOnFailure();
    }

    private static EnvFile Parse(string text) => EnvFile.Parse(Encoding.UTF8.GetBytes(text), ".env");
}
